import type { LabelProbability } from '../../engine/protocol';
import type { ActionChoice, LabelChoice } from './choices';
import { allowed, banned, pinned, unpinned } from './pins';
import type { Wishes } from './steering';

/** What a writer has chosen so far in one go of choosing. */
export interface Picking {
  readonly wishes: Wishes;
  /** The step that is chosen for. */
  readonly step: number;
  /** Whether the next step comes after this one. */
  readonly several: boolean;
  readonly isDone: boolean;
}

export function begun(wishes: Wishes): Picking {
  return { wishes, step: 0, several: false, isDone: false };
}

/** A choice was made. */
export function chosen(picking: Picking, choice: LabelChoice | ActionChoice): Picking {
  const { wishes, step, several } = picking;
  switch (choice.kind) {
    case 'label': {
      const next = pinned(wishes, choice.id, step);
      return several ? { ...picking, wishes: next, step: step + 1 } : { ...picking, wishes: next, isDone: true };
    }
    case 'pinned': {
      const next = unpinned(wishes, choice.step);
      return { ...picking, wishes: next, step: Math.min(step, next.pins.length), isDone: !several };
    }
    case 'banned':
      return { ...picking, wishes: allowed(wishes, choice.id), isDone: !several };
    case 'several':
      return { ...picking, several: true };
    case 'clear':
      return { ...picking, wishes: { pins: [], never: [] }, step: 0, isDone: !several };
    case 'done':
      return { ...picking, isDone: true };
  }
}

/** A label is pinned behind all that is; the choosing goes on. */
export function pinnedLater(picking: Picking, label: number): Picking {
  const step = Math.max(picking.step + 1, picking.wishes.pins.length);
  return { ...picking, wishes: pinned(picking.wishes, label, step) };
}

/** A label is excluded for the next sentence, the only one that it can be for; the choosing goes on. */
export function excluded(picking: Picking, label: number): Picking {
  return { ...picking, wishes: banned(picking.wishes, label) };
}

/** What is expected of the step that is chosen for; of one beyond those foretold: what is of the last. */
export function expectedAt(
  { step }: Picking,
  steps: readonly (readonly LabelProbability[])[],
): readonly LabelProbability[] {
  return steps[Math.min(step, steps.length - 1)] ?? [];
}
