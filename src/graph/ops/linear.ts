import { broadcast } from '../dims';
import type { Value } from '../graph';
import type { Dim } from '../types';
import { emit, fail, requireType } from './operands';

/** Shape of a product of matrices stacked over leading axes: [..., m, k] × [..., k, n]. */
function productShape(a: Value, b: Value): Dim[] {
  if (a.shape.length < 2 || b.shape.length < 2) fail('MatMul', [a, b], 'operands need at least two axes');
  if (a.shape.at(-1) !== b.shape.at(-2)) {
    fail('MatMul', [a, b], `inner sizes ${a.shape.at(-1)!} and ${b.shape.at(-2)!} differ`);
  }
  const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (leading === undefined) fail('MatMul', [a, b], 'leading axes do not broadcast');
  return [...leading, a.shape.at(-2)!, b.shape.at(-1)!];
}

/** [..., m, k] × [..., k, n] → [..., m, n]; leading axes broadcast. */
export function matmul(a: Value, b: Value): Value {
  requireType('MatMul', a, ['float32', 'float16']);
  if (a.dtype !== b.dtype) fail('MatMul', [a, b], 'operands must have the same element type');
  return emit('MatMul', [a, b], {}, a.dtype, productShape(a, b));
}

export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
  readonly beta?: number;
}

/** alpha · A × B + beta · C for matrices; C broadcasts. A linear layer is gemm(x, weight, bias, { transB: true }). */
export function gemm(a: Value, b: Value, c?: Value, options: GemmOptions = {}): Value {
  const { transA = false, transB = false, alpha = 1, beta = 1 } = options;
  const operands = c === undefined ? [a, b] : [a, b, c];
  requireType('Gemm', a, ['float32', 'float16']);
  if (a.dtype !== b.dtype || (c !== undefined && c.dtype !== a.dtype))
    fail('Gemm', operands, 'operands must have the same element type');
  if (a.shape.length !== 2 || b.shape.length !== 2) fail('Gemm', operands, 'A and B must be matrices');
  const [m, k] = transA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [inner, n] = transB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
  if (k !== inner) fail('Gemm', operands, `inner sizes ${k} and ${inner} differ`);
  if (c !== undefined) {
    const shape = broadcast([m, n], c.shape);
    if (shape?.length !== 2 || shape[0] !== m || shape[1] !== n)
      fail('Gemm', operands, `C does not broadcast to [${m}, ${n}]`);
  }
  const attributes = { alpha, beta, transA: transA ? 1 : 0, transB: transB ? 1 : 0 } as const;
  return emit('Gemm', operands, attributes, a.dtype, [m, n]);
}

/** Values per scale in MatMulNBits. */
export const NBITS_BLOCK = 32;

/**
 * x [..., K] × Wᵀ → [..., N], W [N, K] packed in blocks of 32 (see quantise).
 * @param packed uint8 [N, ceil(K/32), 32·bits/8]
 * @param scales float32 [N · ceil(K/32)]
 * @param accuracyLevel 4: activations are rounded to int8 per block as well (fast); 0: they stay float32
 */
export function matMulNBits(
  x: Value,
  packed: Value,
  scales: Value,
  options: { readonly bits: 4 | 8; readonly accuracyLevel?: 0 | 4 },
): Value {
  const operands = [x, packed, scales];
  const { bits, accuracyLevel = 4 } = options;
  requireType('MatMulNBits', x, ['float32']);
  requireType('MatMulNBits', packed, ['uint8']);
  requireType('MatMulNBits', scales, ['float32']);
  const k = x.shape.at(-1);
  const n = packed.shape[0];
  if (typeof k !== 'number' || typeof n !== 'number') fail('MatMulNBits', operands, 'K and N must be known');
  const blocks = Math.ceil(k / NBITS_BLOCK);
  const wanted = [n, blocks, (NBITS_BLOCK * bits) / 8].join(', ');
  if (packed.shape.join(', ') !== wanted)
    fail('MatMulNBits', operands, `packed weights of ${bits} bits must be [${wanted}]`);
  if (scales.shape.join() !== String(n * blocks)) fail('MatMulNBits', operands, `scales must be [${n * blocks}]`);
  const attributes = { K: k, N: n, bits, block_size: NBITS_BLOCK, accuracy_level: accuracyLevel };
  return emit('MatMulNBits', operands, attributes, 'float32', [...x.shape.slice(0, -1), n]);
}

/**
 * Integers as the values they stand for, (x − zero point) · scale, where a block of neighbours in a row shares both.
 * @param x uint8 [N, K]
 * @param scales float32 [N, K/block]
 * @param zeroPoints uint8 [N, K/block]
 * @returns float32 [N, K]
 */
export function dequantizeLinear(x: Value, scales: Value, zeroPoints: Value, block: number): Value {
  const operands = [x, scales, zeroPoints];
  requireType('DequantizeLinear', x, ['uint8']);
  requireType('DequantizeLinear', scales, ['float32']);
  requireType('DequantizeLinear', zeroPoints, ['uint8']);
  const [n, k] = x.shape;
  const wanted = typeof k === 'number' && k % block === 0 ? `${n}, ${k / block}` : undefined;
  if (x.shape.length !== 2 || wanted === undefined)
    fail('DequantizeLinear', operands, `rows must be blocks of ${block}`);
  if (scales.shape.join(', ') !== wanted || zeroPoints.shape.join(', ') !== wanted)
    fail('DequantizeLinear', operands, `scales and zero points must be [${wanted}]`);
  return emit('DequantizeLinear', operands, { axis: 1, block_size: block }, 'float32', x.shape);
}
