/**
 * What the LM is conditioned on: nothing; one constant label; the mean of all labels; the true labels; the planner's most
 * probable label; the planner's whole distribution. Source: arXiv 2404.00614 and 2410.12492 (the rows of their tables).
 */
export const CONDITIONINGS = ['none', 'fixed', 'uniform', 'oracle', 'hard', 'soft'] as const;
export type Conditioning = (typeof CONDITIONINGS)[number];

export interface MixtureInput {
  /** Number of labels, K. */
  readonly labels: number;
  /** Number of units to condition, m. */
  readonly units: number;
  /** The planner's probabilities for each unit [m, K]; asked for by `hard` and `soft`. */
  readonly probabilities?: Float32Array;
  /** Each unit's true label [m]; asked for by `oracle`. */
  readonly gold?: Int32Array;
  /** The constant label of `fixed`. */
  readonly fixedLabel?: number;
}

/** Mixture weights over labels for every unit [m, K]. All zeros means: no plan reaches the LM. */
export function mixtureFor(conditioning: Conditioning, input: MixtureInput): Float32Array {
  const { labels, units } = input;
  const mixture = new Float32Array(units * labels);
  const choose = (unit: number, label: number): void => {
    if (!(label >= 0 && label < labels)) throw new RangeError(`There is no label ${label} among ${labels}.`);
    mixture[unit * labels + label] = 1;
  };
  switch (conditioning) {
    case 'none':
      break;
    case 'uniform':
      mixture.fill(1 / labels);
      break;
    case 'fixed': {
      for (let unit = 0; unit < units; unit++) choose(unit, input.fixedLabel ?? 0);
      break;
    }
    case 'oracle': {
      const gold = needed(input.gold, units, 'true labels', conditioning);
      for (let unit = 0; unit < units; unit++) choose(unit, gold[unit]!);
      break;
    }
    case 'hard': {
      const probabilities = needed(input.probabilities, units * labels, 'probabilities', conditioning);
      for (let unit = 0; unit < units; unit++) {
        choose(unit, argmax(probabilities.subarray(unit * labels, (unit + 1) * labels)));
      }
      break;
    }
    case 'soft':
      mixture.set(needed(input.probabilities, units * labels, 'probabilities', conditioning));
      break;
  }
  return mixture;
}

/** Index of the largest value, the first of equals. */
function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

function needed<T extends ArrayLike<number>>(
  values: T | undefined,
  length: number,
  what: string,
  conditioning: Conditioning,
): T {
  if (values?.length !== length) {
    throw new RangeError(
      `The conditioning "${conditioning}" needs ${length} ${what}, got ${values?.length ?? 'none'}.`,
    );
  }
  return values;
}
