import type { Influence } from '../../engine/protocol';
import type { Paragraph } from '../../text/paragraphs';
import type { DocumentState } from '../documents/documentState';
import type { PlanState } from '../documents/planState';

/** Units of one paragraph that are explained at once: each costs a run of the planner for every sentence before it. */
const MOST_UNITS = 12;

/** Why sentences were expected, as far as it has been computed for the text as it is. */
export class InfluenceBook {
  /** By the plan that they explain: with another model's plan they are forgotten. */
  private readonly pages = new WeakMap<PlanState, { revision: number; byUnit: Map<number, Influence> }>();

  get(state: DocumentState, unit: number): Influence | undefined {
    const page = this.pages.get(state.plan);
    return page?.revision === state.revision ? page.byUnit.get(unit) : undefined;
  }

  /** Takes over what was computed for a revision, unless the text has changed since. */
  add(state: DocumentState, revision: number, influences: readonly Influence[]): void {
    if (revision !== state.revision) return;
    let page = this.pages.get(state.plan);
    if (page?.revision !== revision) {
      page = { revision, byUnit: new Map() };
      this.pages.set(state.plan, page);
    }
    for (const influence of influences) page.byUnit.set(influence.unit, influence);
  }
}

/** The units of a paragraph that a writer at unit `caret` may want explained, and the one behind it. */
export function unitsToExplain({ from, to }: Pick<Paragraph, 'from' | 'to'>, caret: number): number[] {
  const first = Math.max(from, Math.min(caret - MOST_UNITS / 2, to - MOST_UNITS));
  const last = Math.min(to, first + MOST_UNITS);
  const units = Array.from({ length: last - first }, (_, n) => first + n);
  return [...units, to];
}
