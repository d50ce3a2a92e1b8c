import type { PlannerLM } from '../model/plannerLm';
import { closedUnitCount, UnitDocument, type UnitKind } from '../text/units';
import { CancelledError, Turnstile } from './cancellation';
import { complete, type CompleteOptions, type CompletionResult } from './complete';
import { Conditioner, type LiveConditioning } from './conditioner';
import { influenceOn, type Influence } from './influence';
import { LmContext } from './lmContext';
import { difference, ModelText } from './modelText';
import { PlanTable, type LabelProbability } from './planTable';
import type { EmptyReason } from './reasons';
import { Recollection } from './recollection';
import { assertLabels } from './steering';
import { UnitCache } from './unitCache';

/** A unit of the document with what it does and what the plan expected of it. Offsets are of the document as the editor holds it. */
export interface PlannedUnit {
  readonly start: number;
  readonly end: number;
  readonly kind: UnitKind;
  /** The observed label. */
  readonly label: number;
  /** The most probable labels under the plan before the unit was read. */
  readonly predicted: readonly LabelProbability[];
  /** Of the observed label under that plan, in bits. */
  readonly surprisal: number;
}

export interface PlanOptions {
  /** How many of the most probable labels are listed. */
  readonly top?: number;
  readonly signal?: AbortSignal;
  /** Called with steps done and steps in all: each unit is embedded, then planned. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface NextOptions extends PlanOptions {
  /** Labels that must not come next: the first step's distribution is that of the others, renormalised. */
  readonly never?: readonly number[];
}

export interface InfluenceOptions {
  readonly signal?: AbortSignal;
  /** How many of the units before each are left out in turn; 8 unless told. */
  readonly reach?: number;
}

export interface SessionOptions {
  /** What conditions the LM; the planner's whole distribution unless told. */
  readonly conditioning?: LiveConditioning;
  /** Whether what the document has said before makes it likelier to be said again; so unless told. */
  readonly memory?: boolean;
}

/** Units annotated between two looks at the signal. */
const ANNOTATED_AT_ONCE = 128;

/**
 * A document being written: its units, its plan and the LM's view of it, all kept up to date with the least work. Edits are immediate;
 * plans and completions run one after another, and one that an edit overtakes ends as cancelled.
 */
export class DocumentSession {
  private source: ModelText;
  private readonly document: UnitDocument;
  /** The text before the last cursor: units as they are known there, where the open one may look different. */
  private readonly draft = new UnitDocument('');
  private readonly cache: UnitCache;
  private readonly table: PlanTable;
  private readonly conditioner: Conditioner;
  private readonly context: LmContext;
  private readonly recollection: Recollection;
  private readonly turnstile = new Turnstile();
  /** Aborted by the next edit. */
  private edited = new AbortController();
  /** Observed labels of units, as far as they are known. */
  private observed: (number | undefined)[];

  constructor(
    readonly model: PlannerLM,
    text = '',
    options: SessionOptions = {},
  ) {
    this.source = ModelText.of(text);
    this.document = new UnitDocument(this.source.text);
    this.cache = new UnitCache(model);
    this.table = new PlanTable(model, this.cache, this.document);
    this.conditioner = new Conditioner(model, options.conditioning ?? 'soft');
    this.context = new LmContext(model);
    this.recollection = new Recollection((part) => this.cache.encode(part), options.memory === false ? 0 : undefined);
    this.observed = new Array<undefined>(this.document.units.length).fill(undefined);
  }

  private get centered(): boolean {
    return this.model.config.labels.centering === 'document';
  }

  /** The document as it was given, edits applied. */
  get text(): string {
    return this.source.original;
  }

  get unitCount(): number {
    return this.document.units.length;
  }

  /** Replaces [start, end) of the text. */
  edit(start: number, end: number, replacement: string): void {
    if (!(start >= 0 && start <= end && end <= this.text.length)) {
      throw new RangeError(`There is no range ${start} to ${end} in a text of ${this.text.length} characters.`);
    }
    const { next, change } = this.source.edit(start, end, replacement);
    this.source = next;
    if (change.start === change.end && change.text === '') return;
    const { from, oldTo, newTo } = this.document.edit(change.start, change.end, change.text);
    this.table.splice(from, oldTo, newTo);
    const fresh = new Array<undefined>(newTo - from).fill(undefined);
    this.observed = [...this.observed.slice(0, from), ...fresh, ...this.observed.slice(oldTo)];
    // The mean that is taken off a unit's embedding is that of all units before it.
    if (this.centered) this.observed.fill(undefined, from);
    this.edited.abort(new CancelledError('The document changed.'));
    this.edited = new AbortController();
  }

  /** Makes the text this one, by the one edit that differs. */
  setText(text: string): void {
    const { start, end, text: replacement } = difference(this.text, text);
    this.edit(start, end, replacement);
  }

  /** Every unit with its observed label, what was predicted for it and how surprising it is. @throws {CancelledError} */
  plan(options: PlanOptions = {}): Promise<PlannedUnit[]> {
    return this.inTurn(options.signal, async (signal) => {
      const { units } = this.document;
      const labels = await this.labels(signal, options.onProgress);
      const out: PlannedUnit[] = [];
      for (let first = 0; first < units.length; first += ANNOTATED_AT_ONCE) {
        const last = Math.min(units.length, first + ANNOTATED_AT_ONCE) - 1;
        const rows = await this.table.ensure(first, last, signal);
        if (signal.aborted) throw new CancelledError();
        for (const [n, row] of rows.entries()) {
          const { start, end, kind } = units[first + n]!;
          const label = labels[first + n]!;
          out.push({
            start: this.source.toOriginal(start),
            end: this.source.toOriginal(end),
            kind,
            label,
            predicted: row.top(0, options.top ?? 5),
            surprisal: row.surprisal(label),
          });
        }
        options.onProgress?.(units.length + last + 1, 2 * units.length);
      }
      return out;
    });
  }

  /**
   * The outline from an offset on: for each step ahead the most probable labels. At the end of the text the last unit counts as ended. @throws {CancelledError}
   */
  next(offset = this.text.length, options: NextOptions = {}): Promise<LabelProbability[][]> {
    return this.inTurn(options.signal, async (signal) => {
      const { top = 5, never = [] } = options;
      assertLabels(never, this.model.labels.count);
      const { units } = this.document;
      const atEnd = offset >= this.text.length;
      const unit = atEnd ? units.length : closedUnitCount(units, this.source.toModel(offset));
      const [row] = await this.table.ensure(unit, unit, signal);
      const allowed = row!.without(never);
      return Array.from({ length: this.model.config.planner.steps }, (_, step) =>
        // A label that must not come is not listed, not even with probability 0.
        allowed
          .top(step, step === 0 ? top + never.length : top)
          .filter(({ id }) => step > 0 || !never.includes(id))
          .slice(0, top),
      );
    });
  }

  /**
   * Why these units were expected to do what the plan says, by leaving out the units before each in turn. The number of units stands for what
   * follows the text. @throws {RangeError} where there is no such unit; {CancelledError} between two runs of the planner
   */
  influences(units: readonly number[], options: InfluenceOptions = {}): Promise<Influence[]> {
    return this.inTurn(options.signal, async (signal) => {
      const out: Influence[] = [];
      for (const unit of units) {
        if (!(Number.isInteger(unit) && unit >= 0 && unit <= this.unitCount)) {
          throw new RangeError(`There is no unit ${unit} in a text of ${this.unitCount}.`);
        }
        out.push(await influenceOn(this.model, this.table, this.document, unit, { signal, reach: options.reach }));
      }
      return out;
    });
  }

  /** What could be written at an offset. Never throws for a cancellation or a place where there is nothing to write: the result has the reason. */
  async complete(offset: number, options: CompleteOptions = {}): Promise<CompletionResult> {
    if (!(offset >= 0 && offset <= this.text.length)) {
      throw new RangeError(`There is no offset ${offset} in a text of ${this.text.length} characters.`);
    }
    const asked = performance.now();
    const edited = this.edited.signal;
    const signal = this.signalWith(options.signal);
    try {
      return await this.turnstile.run(() => {
        signal.throwIfAborted();
        return this.completeNow(offset, { ...options, signal });
      });
    } catch (error) {
      if (!signal.aborted && !(error instanceof CancelledError)) throw error;
      const reason: EmptyReason = { kind: edited.aborted ? 'document-changed' : 'cancelled' };
      return { completions: [], reason, milliseconds: { plan: 0, first: null, total: performance.now() - asked } };
    }
  }

  private async completeNow(offset: number, options: CompleteOptions): Promise<CompletionResult> {
    const { text, newline } = this.source;
    let cursor = this.source.toModel(offset);
    // Between the halves of a surrogate pair there is no place for text.
    if (/^[\uDC00-\uDFFF]/.test(text.slice(cursor, cursor + 1)) && cursor > 0) cursor--;
    const change = difference(this.draft.text, text.slice(0, cursor));
    this.draft.edit(change.start, change.end, change.text);
    const { onText } = options;
    const result = await complete(
      {
        model: this.model,
        table: this.table,
        cache: this.cache,
        conditioner: this.conditioner,
        context: this.context,
        recollection: this.recollection,
        draft: this.draft,
        text,
        cursor,
      },
      onText && newline !== '\n'
        ? { ...options, onText: (written) => onText(written.replaceAll('\n', newline)) }
        : options,
    );
    if (newline === '\n') return result;
    return {
      ...result,
      completions: result.completions.map((completion) => ({
        ...completion,
        text: completion.text.replaceAll('\n', newline),
      })),
    };
  }

  /** Observed labels of all units; only those that an edit may have changed are looked at again. */
  private async labels(signal: AbortSignal, onProgress: PlanOptions['onProgress']): Promise<readonly number[]> {
    const { units } = this.document;
    const observed = this.observed;
    const size = this.model.config.encoder.embeddingSize;
    const embeddings = new Float32Array(units.length * size);
    for (let from = 0; from < units.length; from += ANNOTATED_AT_ONCE) {
      const to = Math.min(units.length, from + ANNOTATED_AT_ONCE);
      const batch = await this.table.embed(from, to, signal);
      if (signal.aborted) throw new CancelledError();
      for (const [n, embedding] of batch.entries()) embeddings.set(embedding, (from + n) * size);
      onProgress?.(to, 2 * units.length);
      let first = from;
      while (first < to && observed[first] !== undefined) first++;
      let last = to;
      while (last > first && observed[last - 1] !== undefined) last--;
      // Without centering a unit's label depends on nothing but itself.
      const start = this.centered ? 0 : first;
      const labels = this.model.observe(embeddings.subarray(start * size, last * size), first - start);
      for (const [n, label] of labels.entries()) observed[first + n] = label;
    }
    return observed.map((label) => label!);
  }

  /** Runs after all that was asked for before; what an edit overtakes on the way there ends as cancelled, too. */
  private inTurn<T>(own: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = this.signalWith(own);
    return this.turnstile.run(() => {
      if (signal.aborted) throw new CancelledError();
      return work(signal);
    });
  }

  private signalWith(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.edited.signal]) : this.edited.signal;
  }
}
