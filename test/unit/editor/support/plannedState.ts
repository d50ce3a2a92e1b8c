import { DocumentState } from '../../../../src/editor/documents/documentState';
import type { LabelProbability, PlanReply } from '../../../../src/engine/protocol';
import { splitUnits } from '../../../../src/text/units';
import { FakeEngineDocument } from './fakeEngineDocument';

/** What a test says of one unit: its label, what was expected, how surprising it was. */
export interface UnitSketch {
  readonly label: number;
  readonly predicted?: readonly LabelProbability[];
  readonly surprisal?: number;
}

export function stateOf(text: string): DocumentState {
  const engine = new FakeEngineDocument();
  return new DocumentState(engine.key, text, engine);
}

/** A plan of a text, unit by unit. */
export function planOf(
  text: string,
  sketch: (unit: number) => UnitSketch,
  next: readonly LabelProbability[] = [],
): PlanReply {
  const units = splitUnits(text).map(({ start, end, kind }, n) => {
    const { label, predicted = [], surprisal = 1 } = sketch(n);
    return { start, end, kind, label, predicted, surprisal };
  });
  return { units, next: [next] };
}

/** A document whose plan is known. */
export function plannedState(
  text: string,
  sketch: (unit: number) => UnitSketch,
  next?: readonly LabelProbability[],
): DocumentState {
  const state = stateOf(text);
  state.plan.set(planOf(text, sketch, next));
  return state;
}

/** Names the labels A, B, C … by their numbers. */
export const letters = { name: (id: number): string => String.fromCodePoint(65 + id) };
