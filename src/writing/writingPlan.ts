import type { PlannerLM } from '../model/plannerLm';
import { UNIT_KINDS } from '../text/units';
import type { Conditioner } from './conditioner';
import type { PlanVector } from './lmContext';
import { planRows, type PlanRow, type PlanTable, type UnitSource } from './planTable';
import { neverOf, pinOf, type Steering } from './steering';
import type { UnitCache } from './unitCache';

/** What conditions a unit: what is fed to the LM, and what the plan alone would feed. The same object where nothing is pinned. */
export interface Conditions {
  readonly plan: PlanVector;
  readonly free: PlanVector;
}

/**
 * The plan of a text that grows while it is generated: up to the cursor the document's own, from there on of the generated units, which are
 * embedded and planned like the writer's as soon as they are closed.
 */
export class WritingPlan {
  private readonly grown = new Map<number, PlanRow>();

  /**
   * @param draft the text being written; its first `closed` units are the document's
   * @param closed units closed at the cursor
   */
  constructor(
    private readonly model: PlannerLM,
    private readonly table: PlanTable,
    private readonly cache: UnitCache,
    private readonly conditioner: Conditioner,
    private readonly draft: UnitSource,
    private readonly closed: number,
  ) {}

  /** The plan for unit `unit`, made from the units before it as they stand in the draft. */
  async row(unit: number, signal?: AbortSignal): Promise<PlanRow> {
    if (unit <= this.closed) return (await this.table.ensure(unit, unit, signal))[0]!;
    const known = this.grown.get(unit);
    if (known) return known;
    const context = Math.max(0, unit - this.table.reach);
    const kinds = Int32Array.from(this.draft.units.slice(context, unit), ({ kind }) => UNIT_KINDS.indexOf(kind));
    const [row] = await planRows(this.model, await this.embed(context, unit, signal), kinds, unit - context);
    this.grown.set(unit, row!);
    return row!;
  }

  /** The plan for a unit without the labels that it must not follow. */
  async steeredRow(unit: number, steering: Steering, signal?: AbortSignal): Promise<PlanRow> {
    return this.conditioner.without(await this.row(unit, signal), neverOf(steering, unit));
  }

  /** Embeddings of units [from, to) as they stand in the draft, each [e]. */
  async embed(from: number, to: number, signal?: AbortSignal): Promise<Float32Array[]> {
    const { text, units } = this.draft;
    const own = Math.min(to, Math.max(from, this.closed));
    const grown = units.slice(own, to).map(({ start, end }) => text.slice(start, end));
    return [...(await this.table.embed(from, own, signal)), ...(await this.cache.embed(grown, signal))];
  }

  /** Forgets the plans of units behind `unit`, which have been written otherwise; of all generated ones unless told. */
  restart(unit = this.closed): void {
    for (const index of this.grown.keys()) if (index > unit) this.grown.delete(index);
  }

  /** What conditions the tokens of units [from, to] (both included), with the pins and without. */
  async vectors(from: number, to: number, steering: Steering, signal?: AbortSignal): Promise<Conditions[]> {
    const rows: PlanRow[] = to <= this.closed ? await this.table.ensure(from, to, signal) : [];
    for (let unit = from + rows.length; unit <= to; unit++) rows.push(await this.row(unit, signal));
    const allowed = rows.map((row, i) => this.conditioner.without(row, neverOf(steering, from + i)));
    const vectors = (await this.conditioner.ofRows(allowed)).map((free) => ({ plan: free, free }));
    for (let unit = from; unit <= to; unit++) {
      const pin = pinOf(steering, unit);
      if (pin === undefined) continue;
      vectors[unit - from]!.plan = await this.conditioner.ofLabel(pin);
    }
    return vectors;
  }
}
