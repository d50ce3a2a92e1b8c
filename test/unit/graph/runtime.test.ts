import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  bundledDevices,
  bytesOf,
  DeviceError,
  floats,
  GraphBuilder,
  GraphError,
  OnnxRuntime,
  ops,
  tensor,
  type FileRegion,
  type Graph,
  type Session,
  type TensorData,
  type WeightData,
} from '../../../src/graph';
import { keepsSessionContract, REFUSALS, twoOutputs, withTwoOutputs } from './sessionContract';
import { floatTensor, noise, runtime } from './support';

const open = <R>(use: (session: Session) => Promise<R>): Promise<R> => withTwoOutputs(runtime, { threads: 1 }, use);

describe('a session', () => {
  keepsSessionContract(runtime, { threads: 1 });

  it('computes softmax(x @ w) with a weight given as external data', async () => {
    const builder = new GraphBuilder('example');
    const x = builder.input('x', 'float32', ['T', 64]);
    const w = builder.weight('w', 'float32', [64, 8]);
    builder.output('p', ops.softmax(ops.matmul(x, w)));
    const data = new Float32Array(64 * 8).map((_, i) => (i % 8 === 3 ? 1 : 0));
    const session = await runtime.createSession(builder.build(), { weights: new Map([['w', data]]), threads: 1 });
    const outputs = await session.run({ x: tensor('float32', new Float32Array(2 * 64).fill(1 / 64), [2, 64]) });
    expect(outputs.get('p')?.dims).toEqual([2, 8]);
    expect(floats(outputs, 'p')[3]).toBeCloseTo(Math.E / (Math.E + 7), 6);
    expect(floats(outputs, 'p')[8]).toBeCloseTo(1 / (Math.E + 7), 6);
    await session.dispose();
  });

  describe('with weights in files', () => {
    const builder = new GraphBuilder('filed');
    const x = builder.input('x', 'float32', [2, 64]);
    const w = builder.weight('w', 'float32', [64, 8]);
    builder.output('y', ops.add(ops.matmul(x, w), builder.weight('b', 'float32', [512, 1, 8])));
    const graph = builder.build();
    const [data, bias] = [noise(64 * 8, 1), noise(512 * 8, 2)];
    const feeds = { x: floatTensor(noise(2 * 64, 3), [2, 64]) };

    /** A file that holds the weight behind so many other bytes. */
    function filed(name: string, offset: number): FileRegion {
      const folder = mkdtempSync(join(tmpdir(), 'planwright graph ünd '));
      made.push(folder);
      writeFileSync(join(folder, name), Buffer.concat([Buffer.alloc(offset, 0x7f), bytesOf(data), Buffer.alloc(3)]));
      return { folder, file: name, offset, byteLength: data.byteLength };
    }
    const made: string[] = [];
    afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })));

    // Odd places, and beyond a page: the run-time maps whole pages.
    it.each([0, 7, 4099])(
      'computes the same as with those in memory: at byte %i, beside others in memory',
      async (offset) => {
        const compute = async (weights: ReadonlyMap<string, WeightData>): Promise<Float32Array> => {
          const session = await runtime.createSession(graph, { weights, threads: 1 });
          const found = floats(await session.run(feeds), 'y').slice();
          await session.dispose();
          return found;
        };
        const region = filed('wéights.bin', offset);
        const found = await compute(
          new Map<string, WeightData>([
            ['w', region],
            ['b', bias],
          ]),
        );
        expect(found).toEqual(
          await compute(
            new Map([
              ['w', data],
              ['b', bias],
            ]),
          ),
        );
        // The session needs the file no longer: it may be replaced.
        rmSync(join(region.folder, region.file));
      },
    );

    it('says what is wrong with them', async () => {
      const open = (region: FileRegion, other: WeightData = bias): Promise<Session> =>
        runtime.createSession(graph, {
          weights: new Map<string, WeightData>([
            ['w', region],
            ['b', other],
          ]),
          threads: 1,
        });
      const region = filed('w.bin', 0);
      await expect(open({ ...region, byteLength: 2000 })).rejects.toThrow(
        new GraphError('Weight w, float32 [64, 8], needs 2048 bytes, not 2000.'),
      );
      const elsewhere = { ...filed('b.bin', 0), byteLength: bias.byteLength };
      await expect(open(region, elsewhere)).rejects.toThrow(
        new GraphError('Graph filed: its weights are in files of several folders.'),
      );
      await expect(open({ ...region, file: 'none.bin' })).rejects.toThrow(/^onnxruntime refuses graph filed: /);
      await expect(open({ ...region, offset: 1000 })).rejects.toThrow(/^onnxruntime refuses graph filed: /);
    });
  });

  it('writes outputs into tensors that are given', () =>
    open(async (session) => {
      const y = floatTensor(new Float32Array(4), [2, 2]);
      for (const start of [0, 5]) {
        const outputs = await session.run({ x: floatTensor([start, 1, 2, 3], [2, 2]) }, { y });
        expect([...outputs.keys()]).toEqual(['y']);
        expect(outputs.get('y')).toBe(y);
        expect([...(y.data as Float32Array)]).toEqual([10 + start, 21, 12, 23]);
      }
    }));

  it.each(REFUSALS)('says: %s', (message, args) =>
    open(async (session) => {
      await expect(session.run(...args)).rejects.toThrow(new GraphError(message));
    }),
  );

  it('checks that inputs agree on a symbolic size', async () => {
    const builder = new GraphBuilder('agree');
    const [a, b] = [builder.input('a', 'float32', ['T']), builder.input('b', 'float32', ['T'])];
    builder.output('y', ops.add(a, b));
    const session = await runtime.createSession(builder.build(), { threads: 1 });
    const feeds = { a: floatTensor([1, 2], [2]), b: floatTensor([1], [1]) };
    await expect(session.run(feeds)).rejects.toThrow('Graph agree: input b must be float32 [T], not float32 [1].');
    await session.dispose();
  });

  it('names the graph whose computation fails', async () => {
    const builder = new GraphBuilder('lookup');
    const table = builder.constant('float32', Float32Array.of(1, 2), [2]);
    builder.output('y', ops.gather(table, builder.input('i', 'int64', ['T'])));
    const session = await runtime.createSession(builder.build(), { threads: 1 });
    const run = session.run({ i: tensor('int64', BigInt64Array.of(2n), [1]) });
    await expect(run).rejects.toThrow(DeviceError);
    await expect(run).rejects.toThrow(/^Graph lookup failed on cpu: .*out of data bounds/s);
    await session.dispose();
  });

  it('refuses to run once it is disposed of, which may happen twice', async () => {
    const session = await open((opened) => Promise.resolve(opened));
    await session.dispose();
    const run = session.run({ x: floatTensor([1, 2], [1, 2]) });
    await expect(run).rejects.toThrow(new DeviceError('The session of graph two is disposed of; create another.'));
  });
});

describe('weights', () => {
  it.each<[string, TensorData | undefined]>([
    ['Weight w, float32 [2], was not given.', undefined],
    ['Weight w, float32 [2], needs 2 values, not 3.', new Float32Array(3)],
    ['Weight w, float32 [2], was given as elements of 2 bytes.', new Uint16Array(2)],
  ])('says: %s', async (message, data) => {
    const weights = new Map(data === undefined ? [] : [['w', data] as const]);
    await expect(runtime.createSession(twoOutputs(), { weights })).rejects.toThrow(new GraphError(message));
  });
});

it('names the graph that the run-time refuses', async () => {
  const graph = twoOutputs();
  // No function of ops would build it: a node reads what nothing makes.
  const broken: Graph = { ...graph, nodes: graph.nodes.slice(1) };
  const created = runtime.createSession(broken, { weights: new Map([['w', new Float32Array(2)]]) });
  await expect(created).rejects.toThrow(GraphError);
  await expect(created).rejects.toThrow(/^onnxruntime refuses graph two: /);
});

it('names the devices there are where one is unknown', () => {
  expect(bundledDevices()).toContain('cpu');
  expect(() => OnnxRuntime.open('abacus')).toThrow(DeviceError);
  expect(() => OnnxRuntime.open('abacus')).toThrow(/no device abacus on this machine\. Choose one of: cpu/);
});

it('keeps the library from reporting its use', () => {
  expect(process.env.ORT_DISABLE_TELEMETRY).toBe('1');
});

it('floats says what is not a float32 output', () => {
  const outputs = new Map([['i', tensor('int32', Int32Array.of(1), [1])]]);
  expect(() => floats(outputs, 'i')).toThrow('i is no float32 output in memory.');
  expect(() => floats(outputs, 'j')).toThrow('j is no float32 output in memory.');
});
