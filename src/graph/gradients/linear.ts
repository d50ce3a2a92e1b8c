import type { Value } from '../graph';
import * as ops from '../ops';
import { describe, GraphError } from '../types';
import { product, reshaped, scaled, unbroadcast } from './arrange';
import type { Rule, Rules } from './rule';

type LinearOp = 'MatMul' | 'Gemm' | 'MatMulNBits' | 'DequantizeLinear';

/** Whether an order of axes exchanges the last two and keeps the others. */
export function swapsLast(perm: readonly number[]): boolean {
  const rank = perm.length;
  return rank >= 2 && perm.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i));
}

/** Matrices with rows and columns exchanged; what was exchanged before comes back as it was. */
export function transposed(x: Value): Value {
  const producer = x.builder.producerOf(x);
  if (producer?.op === 'Transpose' && swapsLast(producer.attributes.perm)) return x.builder.value(producer.inputs[0]!);
  const axes = x.shape.map((_, i) => i);
  return ops.transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

const refuse: Rule<'MatMulNBits' | 'DequantizeLinear'> = ({ op, inputs }) => {
  throw new GraphError(
    `${op}(${inputs.map(describe).join(', ')}): what is rounded has no gradient. Train with weights in float32.`,
  );
};

/** A product with one matrix for all rows: rows are put together, so that both gradients are single products of matrices. */
const sharedMatrixRule: Rule<'MatMul'> = ({ inputs, gradient }) => {
  const [a, b] = [inputs[0]!, inputs[1]!];
  const [k, n] = [b.shape.at(-2)!, b.shape.at(-1)!];
  const rows = product(a.shape.slice(0, -1));
  const matrix = (): Value => reshaped(b, [k, n]);
  const g = (): Value => reshaped(gradient, [rows, n]);
  return [
    () => reshaped(ops.gemm(g(), matrix(), undefined, { transB: true }), a.shape),
    () => reshaped(ops.gemm(reshaped(a, [rows, k]), g(), undefined, { transA: true }), b.shape),
  ];
};

export const linearRules: Rules<LinearOp> = {
  MatMul: (step) => {
    const [a, b] = [step.inputs[0]!, step.inputs[1]!];
    const g = step.gradient;
    if (b.shape.slice(0, -2).every((size) => size === 1)) return sharedMatrixRule(step);
    return [
      () => unbroadcast(ops.matmul(g, transposed(b)), a.shape),
      () => unbroadcast(ops.matmul(transposed(a), g), b.shape),
    ];
  },
  // With y = α·op(A)·op(B) + β·C: the flags take the place of transpositions.
  Gemm: ({ inputs: [a, b, c], attributes: { alpha, beta, transA, transB }, gradient: g }) => [
    () =>
      transA === 1
        ? ops.gemm(b!, g, undefined, { alpha, transA: transB === 1, transB: true })
        : ops.gemm(g, b!, undefined, { alpha, transB: transB === 0 }),
    () =>
      transB === 1
        ? ops.gemm(g, a!, undefined, { alpha, transA: true, transB: transA === 1 })
        : ops.gemm(a!, g, undefined, { alpha, transA: transA === 0 }),
    () => scaled(unbroadcast(g, c!.shape), beta),
  ],
  MatMulNBits: refuse,
  DequantizeLinear: refuse,
};
