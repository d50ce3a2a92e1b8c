/** What the writer asks of the units to come, whatever the plan says. */
export interface Steering {
  /** Index of the first unit that is steered. */
  readonly unit: number;
  /** Labels that unit and those after it are to follow, in order. */
  readonly pins: readonly number[];
  /** Labels that the first steered unit must not follow; without effect where it is pinned. */
  readonly never: readonly number[];
}

/** The label that a unit is to follow, or undefined where the plan decides. */
export function pinOf({ unit: first, pins }: Steering, unit: number): number | undefined {
  return unit < first ? undefined : pins[unit - first];
}

/** Labels that a unit must not follow. */
export function neverOf({ unit: first, never }: Steering, unit: number): readonly number[] {
  return unit === first ? never : [];
}

/** @throws {RangeError} where one of these is no label */
export function assertLabels(labels: readonly number[], count: number): void {
  for (const label of labels) {
    if (!(Number.isInteger(label) && label >= 0 && label < count)) {
      throw new RangeError(`There is no label ${label} among ${count}.`);
    }
  }
}
