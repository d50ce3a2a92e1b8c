import { describe, expect, it } from 'vitest';
import { GraphBuilder, ops, tensor } from '../../../src/graph';
import { compute, distance, floatTensor, noise, numbers } from './support';

/** [m, k] × [k, n] in plain numbers. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, m: number, k: number, n: number): number[] {
  return Array.from({ length: m * n }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += a[Math.floor(at / n) * k + i]! * b[i * n + (at % n)]!;
    return sum;
  });
}

/** [rows, columns] → [columns, rows]. */
function transposed(x: Float32Array, rows: number, columns: number): Float32Array {
  return x.map((_, at) => x[(at % rows) * columns + Math.floor(at / rows)]!);
}

describe('matmul', () => {
  it('multiplies stacks of matrices and broadcasts the leading axes', async () => {
    const [a, b] = [noise(2 * 3 * 4, 1), noise(4 * 5, 2)];
    const feeds = { a: floatTensor(a, [2, 3, 4]), b: floatTensor(b, [1, 4, 5]) };
    const [got] = await compute(feeds, (x) => ops.matmul(x.a!, x.b!), { a: ['B', 'T', 4] });
    expect(got!.value.shape).toEqual(['B', 'T', 5]);
    const wanted = [...product(a, b, 3, 4, 5), ...product(a.subarray(12), b, 3, 4, 5)];
    expect(distance(got!.result.data as Float32Array, wanted)).toBeLessThan(1e-6);
  });
});

describe('gemm', () => {
  const [m, k, n] = [3, 4, 2];
  const [a, b, c] = [noise(m * k, 3), noise(k * n, 4), noise(n, 5)];
  it.each([
    { transA: false, transB: false },
    { transA: false, transB: true },
    { transA: true, transB: false },
    { transA: true, transB: true },
  ])('alpha · A × B + beta · C with $transA, $transB', async ({ transA, transB }) => {
    const feeds = {
      a: transA ? floatTensor(transposed(a, m, k), [k, m]) : floatTensor(a, [m, k]),
      b: transB ? floatTensor(transposed(b, k, n), [n, k]) : floatTensor(b, [k, n]),
      c: floatTensor(c, [n]),
    };
    const options = { transA, transB, alpha: 0.5, beta: -2 };
    const got = await numbers(feeds, (x) => ops.gemm(x.a!, x.b!, x.c, options));
    const wanted = product(a, b, m, k, n).map((value, at) => 0.5 * value - 2 * c[at % n]!);
    expect(distance(got, wanted)).toBeLessThan(1e-6);
  });

  it('goes without C', async () => {
    const feeds = { a: floatTensor(a, [m, k]), b: floatTensor(b, [k, n]) };
    expect(distance(await numbers(feeds, (x) => ops.gemm(x.a!, x.b!)), product(a, b, m, k, n))).toBeLessThan(1e-6);
  });
});

describe('errors name the operation and the shapes', () => {
  const builder = new GraphBuilder('errors');
  const a = builder.input('a', 'float32', ['T', 64]);
  const v = builder.input('v', 'float32', [3]);
  const packed = builder.input('packed', 'uint8', [8, 2, 32]);
  it.each([
    [
      () => ops.matmul(a, builder.input('b', 'float32', [3, 5])),
      'MatMul(float32 [T, 64], float32 [3, 5]): inner sizes 64 and 3 differ.',
    ],
    [() => ops.matmul(a, v), 'MatMul(float32 [T, 64], float32 [3]): operands need at least two axes.'],
    [() => ops.gemm(a, a), 'Gemm(float32 [T, 64], float32 [T, 64]): inner sizes 64 and T differ.'],
    [() => ops.gemm(a, a, v, { transB: true }), 'C does not broadcast to [T, T].'],
    [() => ops.matMulNBits(a, packed, v, { bits: 4 }), 'packed weights of 4 bits must be [8, 2, 16].'],
    [() => ops.matMulNBits(a, packed, v, { bits: 8 }), 'scales must be [16].'],
  ])('%#', (build, message) => {
    expect(build).toThrow(message);
  });
});

describe('integers as the values they stand for', () => {
  const [rows, columns, block] = [3, 8, 4];
  const bytes = Uint8Array.from({ length: rows * columns }, (_, i) => (i * 83) % 256);
  const scales = noise((rows * columns) / block, 6);
  const zeroPoints = Uint8Array.of(128, 0, 255, 7, 128, 128);
  const wanted = Float32Array.from(bytes, (byte, i) => {
    const at = Math.floor(i / block);
    return Math.fround(scales[at]! * (byte - zeroPoints[at]!));
  });

  it('are scaled block by block, fed or known when the session is made', async () => {
    const feeds = {
      bytes: tensor('uint8', bytes, [rows, columns]),
      scales: floatTensor(scales, [rows, columns / block]),
      zeroPoints: tensor('uint8', zeroPoints, [rows, columns / block]),
    };
    expect(await numbers(feeds, (x) => ops.dequantizeLinear(x.bytes!, x.scales!, x.zeroPoints!, block))).toEqual([
      ...wanted,
    ]);
    const known = await numbers({ x: floatTensor([0], [1]) }, ({ x }) => {
      const { builder } = x!;
      const operands = [
        builder.constant('uint8', bytes, [rows, columns]),
        builder.constant('float32', scales, [rows, columns / block]),
        builder.constant('uint8', zeroPoints, [rows, columns / block]),
      ] as const;
      return ops.add(ops.dequantizeLinear(...operands, block), x!);
    });
    expect(known).toEqual([...wanted]);
  });

  it('say what does not fit', () => {
    const builder = new GraphBuilder('blocks');
    const x = builder.input('x', 'uint8', [3, 8]);
    const s = builder.input('s', 'float32', [3, 2]);
    const z = builder.input('z', 'uint8', [3, 2]);
    expect(() => ops.dequantizeLinear(x, s, z, 3)).toThrow('rows must be blocks of 3');
    expect(() => ops.dequantizeLinear(x, s, z, 2)).toThrow('scales and zero points must be [3, 4]');
    expect(() => ops.dequantizeLinear(s, s, z, 1)).toThrow('DequantizeLinear');
  });
});
