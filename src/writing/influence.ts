import type { PlannerLM } from '../model/plannerLm';
import { UNIT_KINDS } from '../text/units';
import { checkpoint } from './cancellation';
import { planRows, type PlanTable, type UnitSource } from './planTable';

/** How much the units before a unit bear on what was expected of it. */
export interface Influence {
  /** The unit whose prediction is explained; the number of units for what follows the text. */
  readonly unit: number;
  /** The label the plan holds most probable there. */
  readonly label: number;
  readonly probability: number;
  /** In document order. */
  readonly sources: readonly {
    /** The unit that was left out. */
    readonly unit: number;
    /** The label's probability without it: lower where the unit spoke for the label, higher where it spoke against. */
    readonly without: number;
  }[];
}

/** Units before the explained one that are left out in turn. */
const INFLUENCE_REACH = 8;

/**
 * Explains a prediction by what it would have been: each of the last `reach` units before it is left out in turn (the planner is run on
 * the document without it) and its most probable label's probability is looked at again. That is an effect, not a guess from attention weights;
 * units that say the same thing twice each show little, since one stands in for the other.
 * @throws {CancelledError} between two runs of the planner
 */
export async function influenceOn(
  model: PlannerLM,
  table: PlanTable,
  source: UnitSource,
  unit: number,
  options: { readonly signal?: AbortSignal | undefined; readonly reach?: number | undefined },
): Promise<Influence> {
  const { signal, reach = INFLUENCE_REACH } = options;
  const [row] = await table.ensure(unit, unit, signal);
  const [top] = row!.top(0, 1);
  // One more unit than a plan depends on: with one left out, the one before the first moves into sight.
  const first = Math.max(0, unit - table.reach - 1);
  const embeddings = await table.embed(first, unit, signal);
  const kinds = source.units.slice(first, unit).map(({ kind }) => UNIT_KINDS.indexOf(kind));
  const sources: { unit: number; without: number }[] = [];
  for (let left = Math.max(first, unit - reach); left < unit; left++) {
    await checkpoint(signal);
    const others = <T>(list: readonly T[]): T[] => list.filter((_, i) => i !== left - first);
    const [plan] = await planRows(model, others(embeddings), Int32Array.from(others(kinds)), unit - first - 1);
    sources.push({ unit: left, without: plan!.step(0)[top!.id]! });
  }
  return { unit, label: top!.id, probability: top!.probability, sources };
}
