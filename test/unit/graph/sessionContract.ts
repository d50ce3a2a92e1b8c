import { expect, it } from 'vitest';
import {
  floats,
  GraphBuilder,
  ops,
  tensor,
  type Graph,
  type Runtime,
  type Session,
  type SessionOptions,
  type TensorData,
} from '../../../src/graph';
import { floatTensor, noise } from './support';

/** y = x + w, and z = the sum of y's rows. */
export function twoOutputs(width = 2): Graph {
  const builder = new GraphBuilder('two');
  const y = ops.add(builder.input('x', 'float32', ['T', width]), builder.weight('w', 'float32', [width]));
  builder.output('y', y);
  builder.output('z', ops.reduceSum(y, [1], false));
  return builder.build();
}

/** Uses a session of that graph, with w = [10, 20]. */
export async function withTwoOutputs<R>(
  runtime: Runtime,
  options: SessionOptions,
  use: (session: Session) => Promise<R>,
): Promise<R> {
  const weights = new Map([['w', Float32Array.of(10, 20)]]);
  const session = await runtime.createSession(twoOutputs(), { weights, ...options });
  try {
    return await use(session);
  } finally {
    await session.dispose();
  }
}

/** What that session refuses: the message, and the arguments of `run`. */
export const REFUSALS: [string, Parameters<Session['run']>][] = [
  ['Graph two: input x, float32 [T, 2], is missing.', [{}]],
  ['Graph two: input x must be float32 [T, 2], not float32 [1, 3].', [{ x: floatTensor([1, 2, 3], [1, 3]) }]],
  [
    'Graph two: input x must be float32 [T, 2], not int32 [1, 2].',
    [{ x: tensor('int32', Int32Array.of(1, 2), [1, 2]) }],
  ],
  ['Graph two has no output q; it has y, z.', [{ x: floatTensor([1, 2], [1, 2]) }, ['q']]],
  [
    'Graph two: output y, float32 [T, 2], cannot be written into float32 [2, 2].',
    [{ x: floatTensor([1, 2], [1, 2]) }, { y: floatTensor([0, 0, 0, 0], [2, 2]) }],
  ],
];

/** Tests of what every run-time's sessions do. */
export function keepsSessionContract(runtime: Runtime, options: SessionOptions = {}): void {
  const open = <R>(use: (session: Session) => Promise<R>): Promise<R> => withTwoOutputs(runtime, options, use);

  it('takes weights that are views into a larger buffer, and does not need them afterwards', async () => {
    const file = noise(1000);
    const weights = new Map<string, TensorData>([['w', file.subarray(10, 10 + 300)]]);
    const session = await runtime.createSession(twoOutputs(300), { ...options, weights });
    const wanted = file.slice(10, 310);
    file.fill(0);
    const outputs = await session.run({ x: floatTensor(new Float32Array(300), [1, 300]) });
    await session.dispose();
    expect(floats(outputs, 'y')).toEqual(wanted);
  });

  it('computes only what is wanted', () =>
    open(async (session) => {
      const outputs = await session.run({ x: floatTensor([1, 2], [1, 2]) }, ['z']);
      expect([...outputs.keys()]).toEqual(['z']);
      expect(floats(outputs, 'z')).toEqual(Float32Array.of(33));
    }));

  it('gives new arrays at every run otherwise, and leaves what it was fed alone', () =>
    open(async (session) => {
      const x = floatTensor([1, 2], [1, 2]);
      const first = floats(await session.run({ x }), 'y');
      x.data[0] = 100;
      const second = floats(await session.run({ x }), 'y');
      expect([...first]).toEqual([11, 22]);
      expect([...second]).toEqual([110, 22]);
      expect([...x.data]).toEqual([100, 2]);
    }));

  it('accepts axes of size 0', () =>
    open(async (session) => {
      const outputs = await session.run({ x: floatTensor([], [0, 2]) });
      expect(outputs.get('y')?.dims).toEqual([0, 2]);
      expect(outputs.get('z')?.dims).toEqual([0]);
    }));
}
