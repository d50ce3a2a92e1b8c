import { describe, expect, it } from 'vitest';
import {
  DeviceError,
  floats,
  GraphBuilder,
  GraphError,
  ops,
  tensor,
  type DeviceTensor,
  type Graph,
  type Session,
  type SessionOptions,
  type Tensor,
  type TensorData,
} from '../../../../src/graph';
import { keepsSessionContract, REFUSALS, twoOutputs, withTwoOutputs } from '../sessionContract';
import { floatTensor } from '../support';
import { tf, tfjs } from './support';

const open = <R>(use: (session: Session) => Promise<R>, options: SessionOptions = {}): Promise<R> =>
  withTwoOutputs(tfjs, options, use);

function onDevice(value: Tensor | undefined): DeviceTensor {
  if (value?.location !== 'device') throw new Error('It is not on the device.');
  return value;
}

describe('a session', () => {
  keepsSessionContract(tfjs);

  it('writes outputs into tensors that are given', () =>
    open(
      async (session) => {
        const y = floatTensor(new Float32Array(4), [2, 2]);
        for (const start of [0, 5]) {
          const outputs = await session.run({ x: floatTensor([start, 1, 2, 3], [2, 2]) }, { y });
          expect([...outputs.keys()]).toEqual(['y']);
          expect(outputs.get('y')).toBe(y);
          expect([...(y.data as Float32Array)]).toEqual([10 + start, 21, 12, 23]);
        }
      },
      { keepOnDevice: ['y'] },
    ));

  it('shares no memory with what passes through it', async () => {
    const builder = new GraphBuilder('through');
    const x = builder.input('x', 'float32', [2]);
    builder.output('kept', x);
    builder.output('y', ops.reshape(x, [1, 2]));
    builder.output('c', builder.constant('float32', Float32Array.of(7), [1]));
    const session = await tfjs.createSession(builder.build(), { keepOnDevice: ['kept'] });
    const fed = floatTensor([1, 2], [2]);
    const first = await session.run({ x: fed });
    (fed.data as Float32Array).fill(9);
    floats(first, 'y').fill(8);
    floats(first, 'c').fill(8);
    const kept = onDevice(first.get('kept'));
    const copy = (await kept.download()) as Float32Array;
    expect(copy).toEqual(Float32Array.of(1, 2));
    copy.fill(8);
    const second = await session.run({ x: kept });
    expect(floats(second, 'y')).toEqual(Float32Array.of(1, 2));
    expect(floats(second, 'c')).toEqual(Float32Array.of(7));
    await session.dispose();
  });

  it.each<[string, Parameters<Session['run']>]>([
    ...REFUSALS,
    [
      'Graph two: a tensor of another run-time was fed.',
      [
        {
          x: {
            location: 'device',
            dtype: 'float32',
            dims: [1, 2],
            download: () => Promise.reject(new Error()),
            dispose: () => undefined,
          },
        },
      ],
    ],
  ])('says: %s', (message, args) =>
    open(async (session) => {
      const before = tf.memory().numTensors;
      await expect(session.run(...args)).rejects.toThrow(new GraphError(message));
      expect(tf.memory().numTensors).toBe(before);
    }),
  );

  it('names the graph whose computation fails, and frees what it had', async () => {
    const builder = new GraphBuilder('lookup');
    const table = ops.exp(builder.input('table', 'float32', [2]));
    builder.output('y', ops.gather(table, builder.input('i', 'int64', ['T'])));
    const session = await tfjs.createSession(builder.build());
    const run = (index: bigint) =>
      session.run({ table: floatTensor([0, 0], [2]), i: tensor('int64', BigInt64Array.of(index), [1]) });
    await run(1n);
    const before = tf.memory().numTensors;
    await expect(run(2n)).rejects.toThrow(DeviceError);
    await expect(run(2n)).rejects.toThrow(/^Graph lookup failed on tfjs-cpu: .*index value 2 is not in/);
    expect(tf.memory().numTensors).toBe(before);
    await session.dispose();
  });

  it('refuses to run once it is disposed of, which may happen twice', async () => {
    const before = tf.memory().numTensors;
    const session = await open((opened) => Promise.resolve(opened));
    await session.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const run = session.run({ x: floatTensor([1, 2], [1, 2]) });
    await expect(run).rejects.toThrow(new DeviceError('The session of graph two is disposed of; create another.'));
  });
});

describe('outputs that stay', () => {
  it('are fed again, downloaded and disposed of', () =>
    open(
      async (session) => {
        const before = tf.memory().numTensors;
        const first = await session.run({ x: floatTensor([1, 2], [1, 2]) });
        expect(floats(first, 'z')).toEqual(Float32Array.of(33));
        const y = onDevice(first.get('y'));
        expect({ dtype: y.dtype, dims: y.dims }).toEqual({ dtype: 'float32', dims: [1, 2] });
        expect(await y.download()).toEqual(Float32Array.of(11, 22));
        const second = onDevice((await session.run({ x: y })).get('y'));
        // Feeding it has not used it up.
        expect(await y.download()).toEqual(Float32Array.of(11, 22));
        expect(await second.download()).toEqual(Float32Array.of(21, 42));
        expect(tf.memory().numTensors).toBe(before + 2);
        for (const value of [y, second, y]) value.dispose();
        expect(tf.memory().numTensors).toBe(before);
        await expect(y.download()).rejects.toThrow(new DeviceError('The tensor is disposed of.'));
        await expect(session.run({ x: y })).rejects.toThrow(new DeviceError('The tensor is disposed of.'));
      },
      { keepOnDevice: ['y'] },
    ));

  it('outlive their session', async () => {
    const run = (session: Session) => session.run({ x: floatTensor([1, 2], [1, 2]) });
    const outputs = await open(run, { keepOnDevice: ['y'] });
    expect(await onDevice(outputs.get('y')).download()).toEqual(Float32Array.of(11, 22));
    onDevice(outputs.get('y')).dispose();
  });
});

describe('weights', () => {
  it.each<[string, TensorData | undefined]>([
    ['Weight w, float32 [2], was not given.', undefined],
    ['Weight w, float32 [2], needs 2 values, not 3.', new Float32Array(3)],
    ['Weight w, float32 [2], was given as elements of 2 bytes.', new Uint16Array(2)],
  ])('says: %s', async (message, data) => {
    const weights = new Map(data === undefined ? [] : [['w', data] as const]);
    const before = tf.memory().numTensors;
    await expect(tfjs.createSession(twoOutputs(), { weights })).rejects.toThrow(new GraphError(message));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('refuses', () => {
  it('quantised operations', async () => {
    const builder = new GraphBuilder('small');
    const x = builder.input('x', 'float32', [1, 32]);
    const packed = builder.weight('packed', 'uint8', [4, 1, 32]);
    builder.output('y', ops.matMulNBits(x, packed, builder.weight('scales', 'float32', [4]), { bits: 8 }));
    await expect(tfjs.createSession(builder.build())).rejects.toThrow(
      new GraphError(
        'Graph small: TensorFlow.js has no MatMulNBits, no products of quantised numbers. Use float32 weights, or onnxruntime.',
      ),
    );
  });

  it.each(['float16', 'int8', 'uint8'] as const)('%s', async (dtype) => {
    const builder = new GraphBuilder('half');
    builder.output('y', ops.cast(builder.input('x', 'float32', [2]), dtype));
    await expect(tfjs.createSession(builder.build())).rejects.toThrow(GraphError);
    await expect(tfjs.createSession(builder.build())).rejects.toThrow(
      new RegExp(
        `^TensorFlow.js holds no ${dtype}, the type of Cast_0 in graph half\\. Use float32, or onnxruntime\\.$`,
      ),
    );
  });

  it('integers that do not fit into 32 bits, but for the end of a slice', async () => {
    const builder = new GraphBuilder('wide');
    const x = builder.input('x', 'int64', ['T']);
    builder.output('y', ops.slice(x, 0, 1, undefined, 'R'));
    const session = await tfjs.createSession(builder.build());
    const feed = (...values: bigint[]) =>
      session.run({ x: tensor('int64', BigInt64Array.from(values), [values.length]) });
    const outputs = await feed(-(2n ** 31n), 2n ** 31n - 1n);
    expect(outputs.get('y')).toMatchObject({ dtype: 'int64', data: BigInt64Array.of(2n ** 31n - 1n) });
    const before = tf.memory().numTensors;
    await expect(feed(0n, 2n ** 31n)).rejects.toThrow(
      new GraphError('TensorFlow.js holds int64 as 32 bits, which 2147483648 in x does not fit into.'),
    );
    expect(tf.memory().numTensors).toBe(before);
    await session.dispose();
  });

  it('a graph that reads what nothing makes', async () => {
    const graph = twoOutputs();
    const broken: Graph = { ...graph, nodes: graph.nodes.slice(1) };
    const weights = new Map([['w', new Float32Array(2)]]);
    await expect(tfjs.createSession(broken, { weights })).rejects.toThrow(
      new GraphError('Graph two reads Add_0, which nothing makes.'),
    );
  });
});
