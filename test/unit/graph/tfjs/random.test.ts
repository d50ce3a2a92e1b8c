import fc from 'fast-check';
import { it } from 'vitest';
import { ops, type Value } from '../../../../src/graph';
import { floatTensor } from '../support';
import { same, type Feeds } from './support';

/** One more value from some of those there are; `pick` chooses among them by any number. */
type Grow = (pick: (at: number) => Value, a: number, b: number) => Value | undefined;

const dims = (x: Value): number[] => [...x.shape] as number[];
const axisOf = (x: Value, at: number): number => at % x.shape.length;

/** Values stay small: what would grow is drawn back into (−1, 1). */
const tame = (x: Value): Value => ops.tanh(x);

const GROW: Readonly<Record<string, Grow>> = {
  add: (pick, a, b) => tried(() => ops.add(pick(a), pick(b))),
  mul: (pick, a, b) => tried(() => ops.mul(pick(a), pick(b))),
  sub: (pick, a, b) => tried(() => ops.sub(pick(a), pick(b))),
  max: (pick, a, b) => tried(() => ops.max(pick(a), pick(b))),
  where: (pick, a, b) => tried(() => ops.where(ops.less(pick(a), pick(b)), pick(a), pick(b))),
  exp: (pick, a) => tame(ops.exp(tame(pick(a)))),
  sigmoid: (pick, a) => ops.sigmoid(pick(a)),
  sqrt: (pick, a) => ops.sqrt(ops.add(ops.abs(pick(a)), 0.1)),
  // Not on a step of the cast, where the last bit decides.
  whole: (pick, a) => ops.cast(ops.cast(ops.greaterOrEqual(pick(a), 0.123), 'int64'), 'float32'),
  sum: (pick, a, b) => onAxis(pick(a), b, (x, axis) => tame(ops.reduceSum(x, [axis]))),
  mean: (pick, a, b) => onAxis(pick(a), b, (x, axis) => ops.reduceMean(x, [axis], false)),
  softmax: (pick, a, b) => onAxis(pick(a), b, (x, axis) => ops.softmax(x, axis)),
  transpose: (pick, a) => {
    const x = pick(a);
    return ops.transpose(
      x,
      dims(x)
        .map((_, i) => i)
        .reverse(),
    );
  },
  flatten: (pick, a) => ops.reshape(pick(a), [-1]),
  unsqueeze: (pick, a, b) =>
    pick(a).shape.length < 4 ? ops.unsqueeze(pick(a), [b % (pick(a).shape.length + 1)]) : undefined,
  concat: (pick, a, b) => tried(() => ops.concat([pick(a), pick(b)], 0)),
  slice: (pick, a, b) => onAxis(pick(a), b, (x, axis) => ops.slice(x, axis, 0, Math.ceil(dims(x)[axis]! / 2))),
  gather: (pick, a, b) => onAxis(pick(a), b, (x, axis) => ops.gather(x, ops.argMax(x, axis, true), axis)),
  matmul: (pick, a, b) => tried(() => tame(ops.matmul(pick(a), pick(b)))),
};

/** Shapes that do not fit are no graph. */
function tried(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function onAxis(x: Value, at: number, make: (x: Value, axis: number) => Value): Value | undefined {
  return x.shape.length === 0 ? undefined : make(x, axisOf(x, at));
}

const LARGEST = 500;

function grown(inputs: Readonly<Record<string, Value>>, plan: readonly (readonly [string, number, number])[]): Value[] {
  const values = Object.values(inputs);
  for (const [name, a, b] of plan) {
    const value = GROW[name]!((at) => values[at % values.length]!, a, b);
    if (value !== undefined && dims(value).reduce((x, y) => x * y, 1) <= LARGEST && value.shape.length <= 4)
      values.push(value);
  }
  return values;
}

const number = fc.double({ min: -1, max: 1, noNaN: true });
const floatsIn = (shape: number[]) =>
  fc
    .array(number, { minLength: shape.reduce((a, b) => a * b, 1), maxLength: shape.reduce((a, b) => a * b, 1) })
    .map((values) => floatTensor(values, shape));

it('graphs put together at random give what onnxruntime gives', async () => {
  const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(GROW)), fc.nat(99), fc.nat(99)), {
    minLength: 3,
    maxLength: 14,
  });
  const feeds = fc.record({ a: floatsIn([3, 4]), b: floatsIn([4, 3]), c: floatsIn([2, 1, 4]), d: floatsIn([3]) });
  await fc.assert(
    fc.asyncProperty(feeds, steps, async (values: Feeds, plan) => {
      await same(values, (inputs) => grown(inputs, plan));
    }),
    { numRuns: 60, seed: 4 },
  );
});
