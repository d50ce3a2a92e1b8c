import type { Tokenizer } from '../text/tokenizer';
import { closedUnitCount, type UnitDocument } from '../text/units';
import { repetitionStart } from './filters/repetition';
import { stopEnd, wholeWordsEnd, type EndedUnit, type StopRule } from './filters/stopRule';
import { Utf8Stream } from './filters/utf8';
import type { ScoredToken } from './gate';
import { planHealing, tokensAgreeingWith } from './healing';
import type { LmContext, PlannedToken } from './lmContext';
import type { PlanRow } from './planTable';
import { chooseToken, type RandomSource, type Sampling } from './sampling';
import type { TextWindow } from './window';
import type { Steering, WritingPlan } from './writingPlan';

export interface GenerationRequest {
  readonly tokenizer: Tokenizer;
  readonly context: LmContext;
  /** Holds exactly the text before the cursor; grows while text is generated and is cut back afterwards. */
  readonly draft: UnitDocument;
  readonly window: TextWindow;
  readonly plan: WritingPlan;
  readonly steering: Steering | undefined;
  readonly stop: StopRule;
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly random: RandomSource;
  readonly signal: AbortSignal | undefined;
  /** Called when the first token is known. */
  readonly onFirst: () => void;
}

/** A unit that generated text belongs to, in offsets of that text. */
export interface WrittenUnit {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** The plan it was written under (unless it was steered). */
  readonly row: PlanRow;
}

export interface Generation {
  /** The text up to where the stop rule cut it. */
  readonly text: string;
  readonly tokens: readonly ScoredToken[];
  readonly units: readonly WrittenUnit[];
  readonly ended: 'stop-rule' | 'end-of-text' | 'length' | 'repetition' | 'bad-bytes';
}

/**
 * Writes on from the cursor. Each token carries the plan of the unit that is open after it; whenever a unit closes, the next is planned anew.
 * @throws {CancelledError} within one token
 */
export async function generate(request: GenerationRequest): Promise<Generation> {
  const cursor = request.draft.text.length;
  try {
    return await write(request, cursor);
  } finally {
    request.draft.edit(cursor, request.draft.text.length, '');
    request.plan.restart();
  }
}

async function write(request: GenerationRequest, cursor: number): Promise<Generation> {
  const { tokenizer, context, draft, plan, steering, signal } = request;
  const healing = planHealing(tokenizer, request.window.ids);
  let owed = healing.bytes;
  let logits = await context.read(await plannedTokens(request, healing.drop, cursor), signal);

  const stream = new Utf8Stream();
  const tokens: ScoredToken[] = [];
  const firstUnit = closedUnitCount(draft.units, cursor);
  let unit = firstUnit;
  let vector = (await plan.vectors(unit, unit, steering, signal))[0]!;
  let text = '';
  let kept: number | undefined;
  let ended: Generation['ended'] = 'length';
  while (tokens.length < request.maxTokens) {
    const allowed = owed.length > 0 ? tokensAgreeingWith(tokenizer, owed) : undefined;
    const { token, probability } = chooseToken(logits, allowed, request.sampling, request.random);
    if (tokens.length === 0) request.onFirst();
    if (token === tokenizer.endOfText) {
      [ended, kept] = ['end-of-text', text.trimEnd().length];
      break;
    }
    const bytes = tokenizer.tokenBytes(token);
    const fresh = stream.push(bytes.subarray(Math.min(bytes.length, owed.length)));
    owed = owed.subarray(Math.min(bytes.length, owed.length));
    if (stream.invalid) {
      ended = 'bad-bytes';
      break;
    }
    text += fresh;
    tokens.push({ end: text.length, probability });
    if (fresh !== '') draft.edit(draft.text.length, draft.text.length, fresh);
    kept = stopEnd(request.stop, text, endedUnits(draft, firstUnit, cursor));
    if (kept !== undefined) {
      ended = 'stop-rule';
      break;
    }
    if (repetitionStart(draft.text.slice(Math.max(0, cursor - 400), cursor), text) !== undefined) {
      [ended, kept] = ['repetition', text.length];
      break;
    }
    // The last token is not read: nothing would be asked after it.
    if (tokens.length === request.maxTokens || context.length === context.capacity) break;
    const open = closedUnitCount(draft.units, draft.text.length);
    if (open !== unit) {
      unit = open;
      vector = (await plan.vectors(unit, unit, steering, signal))[0]!;
    }
    logits = await context.push({ id: token, plan: vector }, signal);
  }
  const shown = text.slice(0, kept ?? wholeWordsEnd(text));
  const units: WrittenUnit[] = [];
  for (const [i, { start, end }] of draft.units.slice(firstUnit).entries()) {
    const from = Math.max(0, start - cursor);
    const to = Math.min(shown.length, end - cursor);
    const index = firstUnit + i;
    if (to > from) units.push({ index, start: from, end: to, row: await plan.row(index, signal) });
  }
  return { text: shown, tokens, units, ended };
}

/** The input before the cursor: end-of-text, then the window's tokens but the last `drop`, each with the plan of the unit open after it. */
async function plannedTokens(request: GenerationRequest, drop: number, cursor: number): Promise<PlannedToken[]> {
  const { window, draft, plan, steering, signal, tokenizer } = request;
  const ids = [tokenizer.endOfText, ...window.ids.slice(0, window.ids.length - drop)];
  const ends = [window.start, ...window.ends];
  const first = closedUnitCount(draft.units, window.start);
  const vectors = await plan.vectors(first, closedUnitCount(draft.units, cursor), steering, signal);
  let open = first;
  return ids.map((id, i) => {
    while (open < draft.units.length && draft.units[open]!.closedAt <= ends[i]!) open++;
    return { id, plan: vectors[open - first]! };
  });
}

/** Units that closed in the generated text. */
function endedUnits(draft: UnitDocument, firstUnit: number, cursor: number): EndedUnit[] {
  const closed = closedUnitCount(draft.units, draft.text.length);
  return draft.units.slice(firstUnit, closed).map(({ end, kind, closedAt }) => ({
    end: Math.max(0, end - cursor),
    kind,
    byNextBlock: closedAt > end,
  }));
}
