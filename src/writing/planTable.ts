import type { PlannerLM } from '../model/plannerLm';
import { UNIT_KINDS, type Unit } from '../text/units';
import { CancelledError, checkpoint } from './cancellation';
import { LeastRecentlyUsed } from './lru';
import { surprisal } from './surprisal';
import type { UnitCache } from './unitCache';

/** What the plan is made from: a text and the units that tile it. */
export interface UnitSource {
  readonly text: string;
  readonly units: readonly Unit[];
}

/** A label and how probable the plan holds it. */
export interface LabelProbability {
  readonly id: number;
  readonly probability: number;
}

/** The plan after some number of units. The object itself is the plan's identity: a plan that was computed anew is another object. */
export class PlanRow {
  /** [steps, K], or undefined once forgotten to save memory; `PlanTable.ensure` brings it back. */
  steps: Float32Array | undefined;

  constructor(
    steps: Float32Array,
    private readonly labels: number,
  ) {
    this.steps = steps;
  }

  /** P(label of the unit `step` + 1 units ahead) [K]. */
  step(step: number): Float32Array {
    if (this.steps === undefined) throw new Error('This plan was forgotten; ask for its row again.');
    return this.steps.subarray(step * this.labels, (step + 1) * this.labels);
  }

  top(step: number, count: number): LabelProbability[] {
    return topLabels(this.step(step), count);
  }

  surprisal(label: number): number {
    return surprisal(this.step(0)[label]!);
  }

  /**
   * The plan given that the next unit follows none of these labels: their probability shared out among the others in proportion. Only the
   * first step changes. Where nothing is left the step is all zeros, and no plan reaches the LM.
   */
  without(labels: readonly number[]): PlanRow {
    if (labels.length === 0) return this;
    const steps = this.step(0).slice();
    for (const label of labels) steps[label] = 0;
    let mass = 0;
    for (const probability of steps) mass += probability;
    if (mass > 0) for (let i = 0; i < steps.length; i++) steps[i]! /= mass;
    const all = this.steps!.slice();
    all.set(steps);
    return new PlanRow(all, this.labels);
  }
}

/** The most probable labels, most probable first; of equals the lower id first. */
export function topLabels(probabilities: Float32Array, count: number): LabelProbability[] {
  const best: LabelProbability[] = [];
  if (count < 1) return best;
  for (let id = 0; id < probabilities.length; id++) {
    const probability = probabilities[id]!;
    if (best.length === count && probability <= best[count - 1]!.probability) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.probability < probability) at--;
    best.splice(at, 0, { id, probability });
    if (best.length > count) best.pop();
  }
  return best;
}

/** Rows computed in one run of the planner; with the context they need, a few hundred positions. */
const ROWS_AT_ONCE = 256;
/** Rows whose probabilities are kept (1.5 kB each for three steps of 128 labels): all those of a document of some 600 kB, which is asked for as a whole after each pause. */
const ROWS_KEPT = 8192;

const CHANGED = 'The document changed while its plan was computed.';

/**
 * Embeddings of a document's units and the plan after each number of them, computed when asked for and kept across edits.
 * Row r is the plan after r units; it depends on the `reach` units before it only, for attention is banded.
 */
export class PlanTable {
  private embeddings: (Float32Array | undefined)[];
  private rows: (PlanRow | undefined)[];
  private readonly kept = new LeastRecentlyUsed<PlanRow, PlanRow>(ROWS_KEPT, (row) => (row.steps = undefined));
  /** How many units back a plan depends on. */
  readonly reach: number;

  constructor(
    private readonly model: PlannerLM,
    private readonly cache: UnitCache,
    private readonly source: UnitSource,
  ) {
    const { layers, window } = model.config.planner;
    this.reach = layers * (window - 1) + 1;
    this.embeddings = new Array<undefined>(source.units.length).fill(undefined);
    this.rows = new Array<undefined>(source.units.length + 1).fill(undefined);
  }

  /** Units [from, oldTo) have become [from, newTo). Plans that did not see them stay. */
  splice(from: number, oldTo: number, newTo: number): void {
    const fresh = new Array<undefined>(newTo - from).fill(undefined);
    this.embeddings = [...this.embeddings.slice(0, from), ...fresh, ...this.embeddings.slice(oldTo)];
    this.rows = [...this.rows.slice(0, from + 1), ...fresh, ...this.rows.slice(oldTo + 1)];
    this.rows.fill(undefined, from + 1, newTo + this.reach);
  }

  /** Embeddings of units [from, to), each [e]. */
  async embed(from: number, to: number, signal?: AbortSignal): Promise<Float32Array[]> {
    const { units, text } = this.source;
    const missing: number[] = [];
    for (let i = from; i < to; i++) if (this.embeddings[i] === undefined) missing.push(i);
    if (missing.length > 0) {
      const table = this.embeddings;
      const found = await this.cache.embed(
        missing.map((i) => text.slice(units[i]!.start, units[i]!.end)),
        signal,
      );
      // After an edit during the wait the indices mean other units.
      if (table !== this.embeddings) throw new CancelledError(CHANGED);
      for (const [n, i] of missing.entries()) table[i] = found[n]!;
    }
    return this.embeddings.slice(from, to).map((embedding) => embedding!);
  }

  /**
   * Rows [from, to] (both included), their probabilities present until thousands of others have been asked for.
   * @throws {CancelledError} when the signal says so, or the document changed meanwhile
   */
  async ensure(from: number, to: number, signal?: AbortSignal): Promise<PlanRow[]> {
    const out: PlanRow[] = [];
    for (let r = from; r <= to; r++) {
      let row = this.rows[r];
      if (row?.steps === undefined) {
        let last = r;
        while (last < to && last - r < ROWS_AT_ONCE - 1 && this.rows[last + 1]?.steps === undefined) last++;
        await this.compute(r, last, signal);
        row = this.rows[r]!;
      }
      this.kept.set(row, row);
      out.push(row);
    }
    return out;
  }

  private async compute(from: number, to: number, signal: AbortSignal | undefined): Promise<void> {
    const context = Math.max(0, from - this.reach);
    const embeddings = await this.embed(context, to, signal);
    await checkpoint(signal);
    const kinds = Int32Array.from(this.source.units.slice(context, to), (unit) => UNIT_KINDS.indexOf(unit.kind));
    const rows = this.rows;
    const plan = await planRows(this.model, embeddings, kinds, from - context);
    if (rows !== this.rows) throw new CancelledError(CHANGED);
    for (const [n, computed] of plan.entries()) {
      const row = rows[from + n];
      // A plan that was forgotten and is needed again is still the same plan.
      if (row === undefined) rows[from + n] = computed;
      else row.steps = computed.steps;
      this.kept.set(rows[from + n]!, rows[from + n]!);
    }
  }
}

/** Plans after `from`, `from` + 1, … all of these units, each row's probabilities its own copy. */
export async function planRows(
  model: PlannerLM,
  embeddings: readonly Float32Array[],
  kinds: Int32Array,
  from: number,
): Promise<PlanRow[]> {
  const labels = model.labels.count;
  const size = model.config.planner.steps * labels;
  const packed = new Float32Array(embeddings.length * model.config.encoder.embeddingSize);
  for (const [i, embedding] of embeddings.entries()) packed.set(embedding, i * embedding.length);
  const probabilities = await model.plan(packed, kinds, from);
  return Array.from(
    { length: embeddings.length + 1 - from },
    (_, r) => new PlanRow(probabilities.slice(r * size, (r + 1) * size), labels),
  );
}
