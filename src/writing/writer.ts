import type { Tokenizer } from '../text/tokenizer';
import { closedUnitCount, type UnitDocument } from '../text/units';
import { MEMORY_CONTEXT, type DocumentMemory } from './documentMemory';
import { repetitionStart } from './filters/repetition';
import { stopEnd, type EndedUnit, type StopRule } from './filters/stopRule';
import { Utf8Stream } from './filters/utf8';
import { probabilityOfText, type ScoredToken } from './gate';
import { tokensAgreeingWith } from './healing';
import type { PlannedToken, PlanVector } from './lmContext';
import { chooseToken, probabilityOf, type RandomSource, type Sampling } from './sampling';
import type { Steering } from './steering';
import type { Conditions, WritingPlan } from './writingPlan';

/** An input position of the LM that may be steered. */
export interface SteeredToken extends PlannedToken {
  /** What the plan alone would have fed; the same object as `plan` where nothing is pinned. */
  readonly free: PlanVector;
}

/** Logits of the next token [V]: as the LM gives them, and as they are to be chosen from. Without guidance the same array. */
export interface NextLogits {
  readonly own: Float32Array;
  readonly guided: Float32Array;
}

/** Why writing ended. */
export type Ending = 'stop-rule' | 'end-of-text' | 'length' | 'repetition' | 'bad-bytes' | 'unsure';

/** What does not change while a text is written. */
export interface WritingTask {
  readonly tokenizer: Tokenizer;
  /** Holds exactly the text before the cursor; grows while text is generated. */
  readonly draft: UnitDocument;
  readonly cursor: number;
  readonly plan: WritingPlan;
  readonly memory: DocumentMemory;
  readonly steering: Steering;
  readonly stop: StopRule;
  readonly maxTokens: number;
  /** Writing ends once all of the text together is less probable than this: nobody would be shown more. */
  readonly leastProbability: number;
  /** Positions of the LM. */
  readonly capacity: number;
  readonly signal: AbortSignal | undefined;
}

/** Characters before the cursor in which a beginning repetition is looked for. */
const REPETITION_VIEW = 400;

/**
 * A text being written, one token a step. Each token carries the plan of the unit that is open after it; whenever a unit closes, the next is planned anew. A writer can
 * be forked, and the forks write on from the same place, one after another (they share the draft and the LM's caches).
 */
export class Writer {
  text = '';
  tokens: ScoredToken[] = [];
  /** Why it ended, and how much of the text then counts. */
  ended: { readonly why: Ending; readonly kept: number | undefined } | undefined;
  private stream = new Utf8Stream();
  /** Chosen, but not yet read by the LM. */
  private unread: number | undefined;
  private readonly firstUnit: number;

  /**
   * @param input what the LM has read
   * @param owed bytes that the first tokens must spell again
   */
  constructor(
    private readonly task: WritingTask,
    private input: SteeredToken[],
    private owed: Uint8Array,
  ) {
    this.firstUnit = closedUnitCount(task.draft.units, task.cursor);
  }

  /** The unit that is open at the end of the text; of the writer that the draft belongs to. */
  get unit(): number {
    const { draft } = this.task;
    return closedUnitCount(draft.units, draft.text.length);
  }

  fork(): Writer {
    const copy = new Writer(this.task, [...this.input], this.owed);
    copy.text = this.text;
    copy.tokens = [...this.tokens];
    copy.ended = this.ended;
    copy.stream = this.stream.fork();
    copy.unread = this.unread;
    return copy;
  }

  /** Makes the draft this writer's, after another one has written. */
  takeUp(): void {
    const { draft, cursor, plan } = this.task;
    draft.edit(cursor, draft.text.length, this.text);
    plan.restart(this.unit);
  }

  /** Writes one token, or ends. The draft must be this writer's. */
  write(logits: NextLogits, sampling: Sampling, random: RandomSource): void {
    const { tokenizer, draft, cursor, maxTokens, capacity } = this.task;
    const { own, guided } = this.recalled(withoutPadding(logits, tokenizer.vocabSize));
    const allowed = this.owed.length > 0 ? tokensAgreeingWith(tokenizer, this.owed) : undefined;
    const token = chooseToken(guided, allowed, sampling, random);
    if (token === tokenizer.endOfText) {
      this.ended = { why: 'end-of-text', kept: this.text.trimEnd().length };
      return;
    }
    const bytes = tokenizer.tokenBytes(token);
    const spelt = Math.min(bytes.length, this.owed.length);
    const fresh = this.stream.push(bytes.subarray(spelt));
    this.owed = this.owed.subarray(spelt);
    if (this.stream.invalid) {
      this.ended = { why: 'bad-bytes', kept: undefined };
      return;
    }
    this.unread = token;
    this.text += fresh;
    // The gate judges what LM and document hold probable, not what guidance made of it.
    this.tokens.push({ end: this.text.length, probability: probabilityOf(token, own, allowed) });
    if (fresh !== '') draft.edit(draft.text.length, draft.text.length, fresh);
    const kept = stopEnd(this.task.stop, this.text, this.endedUnits());
    if (kept !== undefined) this.ended = { why: 'stop-rule', kept };
    else if (probabilityOfText(this.tokens, this.text.length) < this.task.leastProbability)
      this.ended = { why: 'unsure', kept: this.text.length };
    else if (repetitionStart(draft.text.slice(Math.max(0, cursor - REPETITION_VIEW), cursor), this.text) !== undefined)
      this.ended = { why: 'repetition', kept: this.text.length };
    else if (this.tokens.length >= maxTokens || this.input.length >= capacity)
      this.ended = { why: 'length', kept: undefined };
  }

  /** What the document has said before, taken in. */
  private recalled(logits: NextLogits): NextLogits {
    const evidence = this.task.memory.recall(this.input.slice(-MEMORY_CONTEXT).map(({ id }) => id));
    if (evidence === undefined) return logits;
    const own = evidence.takenIn(logits.own);
    return { own, guided: logits.guided === logits.own ? own : evidence.takenIn(logits.guided) };
  }

  /** All that the LM is to read before the next token: the last one joins it under the plan of the unit that is open after it. */
  async caughtUp(): Promise<readonly SteeredToken[]> {
    if (this.unread !== undefined) this.readUnder(await this.conditions());
    return this.input;
  }

  /** What conditions the tokens of the unit that is open. The draft must be this writer's. */
  async conditions(): Promise<Conditions> {
    const { plan, steering, signal } = this.task;
    return (await plan.vectors(this.unit, this.unit, steering, signal))[0]!;
  }

  /** The last token joins the input under these conditions, which are those of the unit that is still open. */
  readUnder({ plan, free }: Conditions): SteeredToken {
    const token = { id: this.unread!, plan, free };
    this.input.push(token);
    this.unread = undefined;
    return token;
  }

  /** Whether nothing sensible was written of a unit. The draft must be this writer's. */
  broken(unit: number): boolean {
    const { draft, cursor } = this.task;
    if (this.ended?.why === 'repetition' || this.ended?.why === 'bad-bytes') return true;
    const { start, end } = draft.units[unit] ?? { start: 0, end: 0 };
    return draft.text.slice(Math.max(cursor, start), end).trim() === '';
  }

  /** Units that closed in the generated text. */
  private endedUnits(): EndedUnit[] {
    const { draft, cursor } = this.task;
    return draft.units.slice(this.firstUnit, this.unit).map(({ end, kind, closedAt }) => ({
      end: Math.max(0, end - cursor),
      kind,
      byNextBlock: closedAt > end,
    }));
  }
}

/** The logits of the tokens that there are: a model's vocabulary may be padded to a round number. */
function withoutPadding({ own, guided }: NextLogits, vocabSize: number): NextLogits {
  const cut = own.subarray(0, vocabSize);
  return { own: cut, guided: guided === own ? cut : guided.subarray(0, vocabSize) };
}
