import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customGradient, gradients, GraphBuilder, ops, stopGradient, type Value } from '../../../../src/graph';
import { distance, floatTensor, noise } from '../support';
import { checkGradient, evaluated, projected, type Inputs } from './support';

const [A, B] = [noise(6, 1), noise(3, 2)];
const feeds = { a: floatTensor(A, [2, 3]), b: floatTensor(B, [3]) };

describe('which values', () => {
  it('zeros where the loss does not depend on one', async () => {
    const got = await evaluated(feeds, ({ a, b }) => {
      const [toA, toB] = gradients(projected(ops.exp(a!)), [a!, b!]);
      return { toA: toA!, toB: toB! };
    });
    expect(got.toA!.some((value) => value !== 0)).toBe(true);
    expect(Array.from(got.toB!)).toEqual([0, 0, 0]);
  });

  it('the loss itself, and one value asked for twice', async () => {
    const got = await evaluated(feeds, ({ b }) => {
      const loss = ops.reduceSum(b!, [0], false);
      const [own, first, second] = gradients(loss, [loss, b!, b!]);
      return { own: own!, first: first!, second: second! };
    });
    expect(got.own![0]).toBe(1);
    expect(Array.from(got.first!)).toEqual([1, 1, 1]);
    expect(got.second).toEqual(got.first);
  });

  it('values on the way, together with what they were computed from', async () => {
    const got = await evaluated(feeds, ({ a, b }) => {
      const middle = ops.mul(a!, b!);
      const [toMiddle, toB] = gradients(projected(ops.mul(middle, middle)), [middle, b!]);
      const summed = ops.reduceSum(ops.mul(toMiddle!, a!), [0], false);
      return { toB: toB!, summed };
    });
    expect(distance(got.toB!, got.summed!)).toBeLessThan(1e-6);
  });

  it('weights', () => {
    const builder = new GraphBuilder('weights');
    const weight = builder.weight('w', 'float32', [3]);
    expect(gradients(ops.reduceSum(ops.mul(weight, 2), [0], false), [weight])[0]!.shape).toEqual([3]);
  });

  it('nothing is built that does not lead to them', () => {
    const builder = new GraphBuilder('way');
    const x = builder.input('x', 'float32', [2, 2]);
    const y = builder.input('y', 'float32', [2, 2]);
    const loss = ops.reduceSum(ops.mul(ops.exp(ops.exp(x)), y), [0, 1], false);
    const before = builder.operations.length;
    gradients(loss, [y]);
    expect(builder.operations.slice(before).map((node) => node.op)).toEqual(['Reshape', 'Expand']);
  });
});

/** Small expressions of a [2, 3] and b [3], smooth everywhere. */
const expression = fc.letrec<{ tree: (inputs: Inputs) => Value }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<(inputs: Inputs) => Value>(
      ({ a }) => a!,
      ({ b }) => b!,
    ),
    fc
      .tuple(
        fc.constantFrom(ops.add, ops.sub, ops.mul, (x: Value, y: Value) => ops.div(x, ops.add(ops.mul(y, y), 2))),
        tie('tree'),
        tie('tree'),
      )
      .map(
        ([op, left, right]) =>
          (inputs: Inputs) =>
            op(left(inputs), right(inputs)),
      ),
    fc
      .tuple(
        fc.constantFrom(ops.sigmoid, ops.tanh, ops.softmax, (x: Value) => ops.reduceMean(x, [-1])),
        tie('tree'),
      )
      .map(
        ([op, inner]) =>
          (inputs: Inputs) =>
            op(inner(inputs)),
      ),
  ),
})).tree;

describe('laws', () => {
  it('the gradient of a sum of two losses is the sum of their gradients', async () => {
    await fc.assert(
      fc.asyncProperty(expression, expression, fc.integer({ min: -3, max: 3 }), async (one, other, factor) => {
        const got = await evaluated(feeds, (inputs) => {
          const [first, second] = [projected(one(inputs), 5), projected(other(inputs), 6)];
          const wrt = [inputs.a!, inputs.b!];
          const both = gradients(ops.add(first, ops.mul(second, factor)), wrt);
          const [firsts, seconds] = [gradients(first, wrt), gradients(second, wrt)];
          const differences = both.map((value, i) => ops.sub(value, ops.add(firsts[i]!, ops.mul(seconds[i]!, factor))));
          return { toA: differences[0]!, toB: differences[1]! };
        });
        for (const difference of Object.values(got)) {
          expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-4);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of whatever is composed, it is the limit of differences', async () => {
    await fc.assert(
      fc.asyncProperty(expression, async (tree) => {
        await checkGradient(feeds, tree, 2e-3);
      }),
      { numRuns: 15 },
    );
  });
});

describe('stopGradient and customGradient', () => {
  it('a stopped value is a constant', async () => {
    const got = await evaluated(feeds, ({ b }) => ({
      g: gradients(projected(ops.mul(b!, stopGradient(b!)), 9), [b!])[0]!,
    }));
    const c = noise(3, 9);
    expect(
      distance(
        got.g!,
        c.map((value, i) => value * B[i]!),
      ),
    ).toBeLessThan(1e-6);
  });

  it('straight through: the value of a step, the gradient of what is under it', async () => {
    const got = await evaluated({ x: floatTensor([-0.7, 0.2], [2]) }, ({ x }) => {
      const hard = ops.cast(ops.less(0, x!), 'float32');
      const value = ops.add(x!, stopGradient(ops.sub(hard, x!)));
      return { value, g: gradients(ops.reduceSum(ops.mul(value, 3), [0], false), [x!])[0]! };
    });
    expect(distance(got.value!, [0, 1])).toBeLessThan(1e-6);
    expect(Array.from(got.g!)).toEqual([3, 3]);
  });

  it('a rule of its own takes the place of what was computed', async () => {
    const got = await evaluated(feeds, ({ a, b }) => {
      const y = customGradient(ops.mul(ops.exp(a!), b!), [b!], (gradient, [operand]) => {
        expect(operand!.name).toBe(b!.name);
        return [ops.reduceSum(ops.mul(gradient, 10), [0], false)];
      });
      const [toA, toB] = gradients(ops.reduceSum(y, [0, 1], false), [a!, b!]);
      return { y, toA: toA!, toB: toB! };
    });
    const wanted = A.map((value, i) => Math.exp(value) * B[i % 3]!);
    expect(distance(got.y!, wanted)).toBeLessThan(1e-6);
    expect(Array.from(got.toA!)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(Array.from(got.toB!)).toEqual([20, 20, 20]);
  });
});
