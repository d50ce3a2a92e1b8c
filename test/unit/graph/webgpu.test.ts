import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  DeviceError,
  floats,
  GraphBuilder,
  nn,
  OnnxRuntime,
  ops,
  packNBits,
  tensor,
  type CpuTensor,
  type DeviceTensor,
  type Tensor,
  type TensorData,
  type Value,
} from '../../../src/graph';
import { toOnnx } from '../../../src/graph/onnx';
import { reasonOf } from '../../../src/graph/ortFailure';
import { distance, floatTensor, maskWithCache, noise } from './support';

const PROBE = `
const bytes = require('node:fs').readFileSync(0);
require('onnxruntime-node').InferenceSession.create(bytes, { executionProviders: ['webgpu'] }).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});`;

/** Why WebGPU cannot be used here; undefined where it can. Tried in another process: a broken driver may end one. */
function missing(): string | undefined {
  const builder = new GraphBuilder('probe');
  builder.output('y', ops.exp(builder.input('x', 'float32', [2])));
  const { status, stderr, error } = spawnSync(process.execPath, ['-e', PROBE], {
    input: toOnnx(builder.build(), new Map()).bytes,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status === 0) return undefined;
  return error?.message ?? reasonOf(stderr.trim() === '' ? 'the driver ended its process' : stderr);
}

const reason = missing();
if (reason !== undefined) console.log(`Tests on WebGPU are skipped, there is no usable device: ${reason}`);

type Inputs = Readonly<Record<string, Value>>;

/** The output on each device. */
async function onBoth(
  feeds: Readonly<Record<string, CpuTensor>>,
  shapes: Readonly<Record<string, readonly (number | string)[]>>,
  build: (inputs: Inputs, builder: GraphBuilder) => Value,
  weights: ReadonlyMap<string, TensorData> = new Map(),
): Promise<[cpu: Float32Array, gpu: Float32Array]> {
  const builder = new GraphBuilder('both');
  const inputs = Object.entries(feeds).map(
    ([name, feed]) => [name, builder.input(name, feed.dtype, shapes[name] ?? feed.dims)] as const,
  );
  builder.output('y', build(Object.fromEntries(inputs), builder));
  const run = async (device: string): Promise<Float32Array> => {
    const session = await OnnxRuntime.open(device).createSession(builder.build(), { weights, threads: 1 });
    const y = floats(await session.run(feeds), 'y');
    await session.dispose();
    return y;
  };
  return [await run('cpu'), await run('webgpu')];
}

describe.skipIf(reason !== undefined)('on WebGPU', () => {
  it('layers come out as on the CPU', async () => {
    const feeds = { x: floatTensor(noise(3 * 64), [3, 64]), cos: floatTensor(noise(3 * 16), [3, 16]) };
    const [cpu, gpu] = await onBoth(
      feeds,
      { x: ['T', 64], cos: ['T', 16] },
      ({ x, cos }, builder) => {
        const normed = nn.rmsNorm(x!, builder.weight('g', 'float32', [64]), 1e-5);
        const [gate, up] = ops.split(nn.linear(normed, builder.weight('w', 'float32', [128, 64])), [64, 64], 1);
        const turned = nn.rotary(nn.splitHeads(nn.swiglu(gate!, up!), 4), cos!, cos!);
        return ops.logSoftmax(nn.mergeHeads(turned));
      },
      new Map([
        ['g', noise(64, 2)],
        ['w', noise(128 * 64, 3).map((weight) => weight / 8)],
      ]),
    );
    expect(distance(cpu, gpu)).toBeLessThan(1e-5);
  });

  it('attention over a cache and new tokens comes out as on the CPU', async () => {
    const filled = (dims: readonly number[], seed: number): CpuTensor =>
      floatTensor(
        noise(
          dims.reduce((a, b) => a * b),
          seed,
        ),
        dims,
      );
    const feeds = {
      query: filled([4, 3, 8], 1),
      key: filled([2, 3, 8], 2),
      value: filled([2, 3, 8], 3),
      cachedKeys: filled([2, 7, 8], 4),
      cachedValues: filled([2, 7, 8], 5),
      length: tensor('int32', Int32Array.of(5), []),
    };
    const shapes = {
      query: [4, 'T', 8],
      key: [2, 'T', 8],
      value: [2, 'T', 8],
      cachedKeys: [2, 'S', 8],
      cachedValues: [2, 'S', 8],
    };
    const [cpu, gpu] = await onBoth(feeds, shapes, ({ query, key, value, cachedKeys, cachedValues, length }) =>
      nn.attention({
        query: query!,
        key: key!,
        value: value!,
        cachedKeys: cachedKeys!,
        cachedValues: cachedValues!,
        mask: maskWithCache(cachedKeys!, length!, query!, 1, 2),
      }),
    );
    expect(distance(cpu, gpu)).toBeLessThan(1e-5);
  });

  it.each([8, 4] as const)('packed weights of %i bits come out as on the CPU', async (bits) => {
    const { packed, scales } = packNBits(noise(64 * 96, 3), 64, 96, bits);
    const [cpu, gpu] = await onBoth(
      { x: floatTensor(noise(3 * 96), [3, 96]) },
      { x: ['T', 96] },
      ({ x }, builder) =>
        ops.matMulNBits(
          x!,
          builder.weight('packed', 'uint8', [64, 3, 4 * bits]),
          builder.weight('scales', 'float32', [192]),
          { bits, accuracyLevel: 0 },
        ),
      new Map<string, TensorData>([
        ['packed', packed],
        ['scales', scales],
      ]),
    );
    expect(distance(cpu, gpu)).toBeLessThan(1e-5);
  });

  it('operations without a kernel there run on the CPU', async () => {
    // It has none for 64-bit integers.
    const [cpu, gpu] = await onBoth({ x: floatTensor(noise(64), [4, 16]) }, { x: ['T', 16] }, ({ x }) => {
      const whole = ops.mul(ops.cast(ops.mul(x!, 100), 'int64'), 3);
      return ops.reduceSum(ops.cast(whole, 'float32'), [1]);
    });
    expect(distance(cpu, gpu)).toBeLessThan(1e-5);
  });

  it('an output can stay there, be fed again, downloaded and disposed of', async () => {
    const builder = new GraphBuilder('kept');
    const x = builder.input('x', 'float32', ['T', 2]);
    builder.output('next', ops.add(x, 1));
    builder.output('sum', ops.reduceSum(x, [0, 1], false));
    const session = await OnnxRuntime.open('webgpu').createSession(builder.build(), { keepOnDevice: ['next'] });
    let state: Tensor = floatTensor([0, 1, 2, 3], [2, 2]);
    for (let step = 0; step < 4; step++) {
      const outputs = await session.run({ x: state });
      expect(floats(outputs, 'sum')[0]).toBe(6 + 4 * step);
      if (state.location === 'device') state.dispose();
      state = outputs.get('next')!;
      expect(state).toMatchObject({ location: 'device', dtype: 'float32', dims: [2, 2] });
    }
    const last = state as DeviceTensor;
    expect(await last.download()).toEqual(Float32Array.of(4, 5, 6, 7));
    last.dispose();
    last.dispose();
    await expect(last.download()).rejects.toThrow(new DeviceError('The tensor is disposed of.'));
    await expect(session.run({ x: last })).rejects.toThrow(new DeviceError('The tensor is disposed of.'));
    await session.dispose();
  });
});

it.skipIf(reason === undefined)('without a usable device a session says so', async () => {
  const builder = new GraphBuilder('example');
  builder.output('y', ops.exp(builder.input('x', 'float32', [2])));
  const created = OnnxRuntime.open('webgpu').createSession(builder.build());
  await expect(created).rejects.toThrow(DeviceError);
  await expect(created).rejects.toThrow(/^webgpu cannot be used for graph example: ./s);
});
