import type { PlannerLM } from '../model/plannerLm';
import { UNIT_KINDS } from '../text/units';
import type { Conditioner } from './conditioner';
import type { PlanVector } from './lmContext';
import { planRows, type PlanRow, type PlanTable, type UnitSource } from './planTable';
import type { UnitCache } from './unitCache';

/** A label that one unit is to follow, whatever the plan says of it. */
export interface Steering {
  /** Index of the unit. */
  readonly unit: number;
  readonly label: number;
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
    const { text, units } = this.draft;
    const written = await this.table.embed(context, Math.max(context, this.closed), signal);
    const grown = units.slice(Math.max(context, this.closed), unit);
    const embeddings = [
      ...written,
      ...(await this.cache.embed(
        grown.map(({ start, end }) => text.slice(start, end)),
        signal,
      )),
    ];
    const kinds = Int32Array.from(units.slice(context, unit), ({ kind }) => UNIT_KINDS.indexOf(kind));
    const [row] = await planRows(this.model, embeddings, kinds, unit - context);
    this.grown.set(unit, row!);
    return row!;
  }

  /** Forgets the plans of generated units: the next generation writes others. */
  restart(): void {
    this.grown.clear();
  }

  /** What conditions the tokens of these units. */
  async vectors(from: number, to: number, steering: Steering | undefined, signal?: AbortSignal): Promise<PlanVector[]> {
    const rows: PlanRow[] = to <= this.closed ? await this.table.ensure(from, to, signal) : [];
    for (let unit = from + rows.length; unit <= to; unit++) rows.push(await this.row(unit, signal));
    const vectors = await this.conditioner.ofRows(rows);
    if (steering !== undefined && steering.unit >= from && steering.unit <= to) {
      vectors[steering.unit - from] = await this.conditioner.ofLabel(steering.label);
    }
    return vectors;
  }
}
