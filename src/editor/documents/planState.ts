import type { LabelProbability, PlanReply } from '../../engine/protocol';
import type { UnitChange } from '../../text/units';

/** What the plan says of one unit of a document. */
export interface UnitAnnotation {
  /** The observed label. */
  readonly label: number;
  /** What was expected of the unit before it was read, most probable first. */
  readonly predicted: readonly LabelProbability[];
  /** Of the observed label, in bits. */
  readonly surprisal: number;
  /** Whether the unit's own text has changed since. */
  readonly touched: boolean;
}

/**
 * The plan of a document as far as it is known, kept in step with the document's units. What an edit touched keeps its old annotation until
 * a new plan comes, so that nothing flickers while one types.
 */
export class PlanState {
  private annotations: (UnitAnnotation | undefined)[] = [];
  private following: readonly (readonly LabelProbability[])[] = [];
  private current = false;
  private staleFrom = 0;

  constructor(units: number) {
    this.annotations = new Array<undefined>(units).fill(undefined);
  }

  /** Whether the plan was made from the text as it is now. */
  get isCurrent(): boolean {
    return this.current;
  }

  /** For each step after the end of the text, the most probable labels; empty while no plan is known. */
  get next(): readonly (readonly LabelProbability[])[] {
    return this.following;
  }

  /** Of the unit of this index; undefined where no plan has seen it. */
  of(unit: number): UnitAnnotation | undefined {
    return this.annotations[unit];
  }

  /** Whether the plan of a unit was made from another text: the planner reads forward, so only what stands before an edit is not affected by it. */
  isStale(unit: number): boolean {
    return !this.current && unit >= this.staleFrom;
  }

  /** What is expected of unit `unit`; of the one after the last: what follows the text. */
  expected(unit: number): readonly LabelProbability[] | undefined {
    return unit < this.annotations.length ? this.annotations[unit]?.predicted : this.following[0];
  }

  /** Units [from, oldTo) became [from, newTo). */
  splice({ from, oldTo, newTo }: UnitChange): void {
    this.staleFrom = this.current ? from : Math.min(this.staleFrom, from);
    this.current = false;
    // In place: this happens with each key, and most leave the number of units as it is.
    for (let unit = from; unit < oldTo; unit++) {
      const annotation = this.annotations[unit];
      if (annotation) this.annotations[unit] = { ...annotation, touched: true };
    }
    if (newTo === oldTo) return;
    const kept = this.annotations.slice(0, Math.min(oldTo, newTo));
    const added = new Array<undefined>(Math.max(0, newTo - oldTo)).fill(undefined);
    this.annotations = [...kept, ...added, ...this.annotations.slice(oldTo)];
  }

  /** Takes over a plan that was made from the text as it is now. */
  set(plan: PlanReply): void {
    this.annotations = plan.units.map(({ label, predicted, surprisal }) => ({
      label,
      predicted,
      surprisal,
      touched: false,
    }));
    this.following = plan.next;
    this.current = true;
  }
}
