import { expect } from 'vitest';
import {
  gradients,
  GraphBuilder,
  ops,
  type CpuTensor,
  type GraphBuilder as Builder,
  type Value,
} from '../../../../src/graph';
import { floatTensor, noise, runtime } from '../support';

export type Inputs = Readonly<Record<string, Value>>;

/** Σ y·c with fixed random c, so that no two elements of y count the same. */
export function projected(y: Value, seed = 77): Value {
  const dims = y.shape as readonly number[];
  const size = dims.reduce((a, b) => a * b, 1);
  const weighted = ops.mul(y, y.builder.constant('float32', noise(size, seed), dims));
  return ops.reduceSum(ops.reshape(weighted, [size]), [0], false);
}

/** Values of named outputs. */
export async function evaluated(
  feeds: Readonly<Record<string, CpuTensor>>,
  build: (inputs: Inputs, builder: Builder) => Readonly<Record<string, Value>>,
): Promise<Record<string, Float32Array>> {
  const { session, inputs } = await prepared(feeds, build);
  const outputs = await session.run(Object.fromEntries(inputs.map((name) => [name, feeds[name]!])));
  await session.dispose();
  return Object.fromEntries([...outputs].map(([name, output]) => [name, (output as CpuTensor).data as Float32Array]));
}

async function prepared(
  feeds: Readonly<Record<string, CpuTensor>>,
  build: (inputs: Inputs, builder: Builder) => Readonly<Record<string, Value>>,
) {
  const builder = new GraphBuilder('test');
  const values = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, builder.input(name, feed.dtype, feed.dims)]),
  );
  for (const [name, value] of Object.entries(build(values, builder))) builder.output(name, value);
  const session = await runtime.createSession(builder.build(), { threads: 1 });
  return { session, inputs: Object.keys(feeds) };
}

/** Half the distance between the points that a difference is taken of: rounding (6e-8/h) and curvature (h⁴) are both small. */
const STEP = 0.02;

/**
 * Compares gradients() with differences of fourth order, element by element, for every float32 input.
 * The sum is taken in double precision, of outputs that are float32.
 * @returns the gradients by input
 */
export async function checkGradient(
  feeds: Readonly<Record<string, CpuTensor>>,
  build: (inputs: Inputs, builder: Builder) => Value,
  tolerance = 5e-4,
): Promise<Record<string, Float32Array>> {
  const floats = Object.keys(feeds).filter((name) => feeds[name]!.dtype === 'float32');
  const found = await evaluated(feeds, (inputs, builder) => {
    const wrt = floats.map((name) => inputs[name]!);
    const results = gradients(projected(build(inputs, builder)), wrt);
    results.forEach((result, i) => {
      expect(result.shape).toEqual(wrt[i]!.shape);
    });
    return Object.fromEntries(floats.map((name, i) => [`d ${name}`, results[i]!]));
  });
  const { session } = await prepared(feeds, (inputs, builder) => ({ 'test result': build(inputs, builder) }));
  const loss = async (name: string, at: number, by: number): Promise<number> => {
    const feed = feeds[name]!;
    const moved = Float32Array.from(feed.data as Float32Array);
    moved[at]! += by;
    const y = ((await session.run({ ...feeds, [name]: floatTensor(moved, feed.dims) })).get('test result') as CpuTensor)
      .data;
    const weights = noise(y.length, 77);
    return (y as Float32Array).reduce((sum, value, i) => sum + value * weights[i]!, 0);
  };
  for (const name of floats) {
    const gradient = found[`d ${name}`]!;
    const original = feeds[name]!.data as Float32Array;
    for (let at = 0; at < original.length; at++) {
      // The step as it is after rounding.
      const h = Math.fround(original[at]! + STEP) - original[at]!;
      const near = (await loss(name, at, h)) - (await loss(name, at, -h));
      const far = (await loss(name, at, 2 * h)) - (await loss(name, at, -2 * h));
      const wanted = (8 * near - far) / (12 * h);
      const error = Math.abs(gradient[at]! - wanted);
      expect(error, `d ${name}[${at}]: ${gradient[at]!} against ${wanted}`).toBeLessThan(
        tolerance * Math.max(1, Math.abs(wanted)),
      );
    }
  }
  await session.dispose();
  return found;
}
