import { closedUnitCount } from '../text/units';
import { writePinnedUnit, type CandidatesRequest } from './candidates';
import { wholeWordsEnd } from './filters/stopRule';
import type { ScoredToken } from './gate';
import { planHealing } from './healing';
import type { PlanRow } from './planTable';
import { pinOf } from './steering';
import type { TextWindow } from './window';
import { Writer, type Ending, type SteeredToken, type WritingTask } from './writer';

export interface GenerationRequest extends CandidatesRequest, Omit<WritingTask, 'cursor' | 'tokenizer' | 'capacity'> {
  readonly window: TextWindow;
  /** Called with the text so far whenever there is more of it that stays, and with what is left of it in the end. */
  readonly onText: ((text: string) => void) | undefined;
}

/** A unit that generated text belongs to, in offsets of that text. */
export interface WrittenUnit {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  /** The plan it was written under, unless a label was pinned to it. */
  readonly row: PlanRow;
}

export interface Generation {
  /** The text up to where the stop rule cut it. */
  readonly text: string;
  readonly tokens: readonly ScoredToken[];
  readonly units: readonly WrittenUnit[];
  readonly ended: Ending;
}

/** Writes on from the cursor. The draft is left as it was. @throws {CancelledError} within one token */
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
  const { model, context, draft, plan, steering, signal } = request;
  const healing = planHealing(model.tokenizer, request.window.ids);
  const task = { ...request, cursor, tokenizer: model.tokenizer, capacity: context.capacity };
  let writer = new Writer(task, await inputOf(request, healing.drop, cursor), healing.bytes);
  const firstUnit = writer.unit;
  while (writer.ended === undefined) {
    const pin = pinOf(steering, writer.unit);
    if (pin === undefined) {
      const logits = await context.read(await writer.caughtUp(), signal);
      writer.write({ own: logits, guided: logits }, request.sampling, request.random);
      if (writer.tokens.length === 1) request.onFirst();
    } else {
      writer = await writePinnedUnit(request, writer, pin);
    }
    if (writer.ended === undefined) request.onText?.(writer.text);
  }
  const { why, kept } = writer.ended;
  const text = writer.text.slice(0, kept ?? wholeWordsEnd(writer.text));
  request.onText?.(text);
  const units: WrittenUnit[] = [];
  for (const [i, { start, end }] of draft.units.slice(firstUnit).entries()) {
    const from = Math.max(0, start - cursor);
    const to = Math.min(text.length, end - cursor);
    const index = firstUnit + i;
    if (to > from) units.push({ index, start: from, end: to, row: await plan.steeredRow(index, steering, signal) });
  }
  return { text, tokens: writer.tokens, units, ended: why };
}

/** The input before the cursor: end-of-text, then the window's tokens but the last `drop`, each with the plan of the unit open after it. */
async function inputOf(request: GenerationRequest, drop: number, cursor: number): Promise<SteeredToken[]> {
  const { window, draft, plan, steering, signal, model } = request;
  const ids = [model.tokenizer.endOfText, ...window.ids.slice(0, window.ids.length - drop)];
  const ends = [window.start, ...window.ends];
  const first = closedUnitCount(draft.units, window.start);
  const vectors = await plan.vectors(first, closedUnitCount(draft.units, cursor), steering, signal);
  let open = first;
  return ids.map((id, i) => {
    while (open < draft.units.length && draft.units[open]!.closedAt <= ends[i]!) open++;
    return { id, ...vectors[open - first]! };
  });
}
