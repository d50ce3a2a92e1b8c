/*
 * Speed of what decoding rests on: one row times a weight matrix, by format of the weights, and packing weights. Formats take turns within a
 * round, so that whatever else the machine does touches all alike. THREADS and ROUNDS are environment variables.
 */
import {
  GraphBuilder,
  nn,
  OnnxRuntime,
  ops,
  packNBits,
  tensor,
  type Session,
  type TensorData,
} from '../../src/graph/index';
import { median } from './figures';

const threads = Number(process.env.THREADS ?? 2);
const rounds = Number(process.env.ROUNDS ?? 200);
const SHAPES: readonly (readonly [inner: number, out: number])[] = [
  [320, 896],
  [896, 320],
  [320, 16384],
];
/** Products in one graph: a single small one would drown in the cost of a run. */
const CHAIN = 16;

const runtime = OnnxRuntime.open('cpu');

function random(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 35;
  });
}

type Format = 'float32' | 'int8' | 'int4';

/** A session of `copies` products of x [T, inner] with weights of their own; only their sums come out. */
async function products(inner: number, out: number, copies: number, format: Format): Promise<Session> {
  const builder = new GraphBuilder(format);
  const weights = new Map<string, TensorData>();
  const input = builder.input('x', 'float32', ['T', inner]);
  const matrix = random(inner * out);
  const blocks = Math.ceil(inner / 32);
  const bits = format === 'int8' ? 8 : 4;
  const packed = format === 'float32' ? undefined : packNBits(matrix, out, inner, bits);
  for (let i = 0; i < copies; i++) {
    // Rows of its own for each product, or the run-time would quantise them once for all.
    const x = ops.mul(input, 1 + i / copies);
    let y;
    if (packed !== undefined) {
      const operands = [
        builder.weight(`w${i}`, 'uint8', [out, blocks, 4 * bits]),
        builder.weight(`s${i}`, 'float32', [out * blocks]),
      ] as const;
      weights.set(`w${i}`, packed.packed).set(`s${i}`, packed.scales);
      y = ops.matMulNBits(x, ...operands, { bits });
    } else {
      weights.set(`w${i}`, matrix);
      y = nn.linear(x, builder.weight(`w${i}`, 'float32', [out, inner]));
    }
    builder.output(`sum${i}`, ops.reduceSum(y, [0, 1], false));
  }
  return runtime.createSession(builder.build(), { weights, threads });
}

console.log(`${threads} threads, medians of ${rounds} rounds, µs a product (with the sum of its result)`);
for (const [inner, out] of SHAPES) {
  // As a model has them: so many bytes are read in a run that one small matrix does not stay in the nearest cache.
  const copies = out > 4096 ? 4 : CHAIN;
  for (const rows of [1, 64]) {
    const formats: readonly Format[] = ['float32', 'int8', 'int4'];
    const sessions = new Map<Format, Session>();
    for (const format of formats) sessions.set(format, await products(inner, out, copies, format));
    const feeds = {
      x: tensor(
        'float32',
        random(rows * inner).map((value) => value * 16),
        [rows, inner],
      ),
    };
    const times = new Map(formats.map((format) => [format, [] as number[]]));
    for (let round = -3; round < (rows === 1 ? rounds : rounds / 4); round++) {
      for (const [format, session] of sessions) {
        const start = performance.now();
        await session.run(feeds);
        if (round >= 0) times.get(format)!.push(((performance.now() - start) * 1000) / copies);
      }
    }
    for (const session of sessions.values()) await session.dispose();
    const report = formats.map((format) => `${format} ${median(times.get(format)!).toFixed(1)}`);
    console.log(`[${rows}, ${inner}] × [${inner}, ${out}]: ${report.join(', ')}`);
  }
}

const weights = random(10_000_000);
for (const bits of [8, 4] as const) {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    packNBits(weights, 10_000, 1000, bits);
    return performance.now() - start;
  });
  const [first] = times;
  console.log(
    `packing 10 M weights to ${bits} bits: ${median(times).toFixed(0)} ms, the first time ${first!.toFixed(0)} ms`,
  );
}
