import type { DType } from './types';

/** An operation without attributes. */
type None = Readonly<Record<string, never>>;

interface Reduction {
  readonly keepdims: 0 | 1;
}

/** Attributes of every operation a graph may hold, by ONNX's name of it (opset 21). */
export interface Attributes {
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Pow: None;
  Min: None;
  Max: None;
  Sqrt: None;
  Exp: None;
  Log: None;
  Neg: None;
  Abs: None;
  Sigmoid: None;
  Tanh: None;
  Reciprocal: None;
  Identity: None;
  Equal: None;
  Less: None;
  GreaterOrEqual: None;
  And: None;
  Not: None;
  Where: None;
  Cast: { readonly to: DType };
  MatMul: None;
  Gemm: { readonly alpha: number; readonly beta: number; readonly transA: 0 | 1; readonly transB: 0 | 1 };
  MatMulNBits: {
    readonly K: number;
    readonly N: number;
    readonly bits: 4 | 8;
    readonly block_size: number;
    readonly accuracy_level: number;
  };
  DequantizeLinear: { readonly axis: number; readonly block_size: number };
  Reshape: None;
  Transpose: { readonly perm: readonly number[] };
  Concat: { readonly axis: number };
  Slice: None;
  Split: { readonly axis: number };
  Squeeze: None;
  Unsqueeze: None;
  Expand: None;
  Gather: { readonly axis: number };
  ScatterElements: { readonly axis: number; readonly reduction: 'none' | 'add' };
  Shape: { readonly start: number; readonly end: number };
  Range: None;
  ReduceSum: Reduction;
  ReduceMean: Reduction;
  ReduceMax: Reduction;
  Softmax: { readonly axis: number };
  SimplifiedLayerNormalization: { readonly axis: number; readonly epsilon: number };
  ArgMax: { readonly axis: number; readonly keepdims: 0 | 1 };
}

export type Op = keyof Attributes;

/** One operation as plain data: names of the values it reads ('' for one left out) and writes. */
export type GraphNode = {
  readonly [O in Op]: {
    readonly op: O;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly attributes: Attributes[O];
  };
}[Op];

/** Operations of onnxruntime's own domain. (SimplifiedLayerNormalization is its own too, but in ONNX's domain.) */
export const CONTRIB_OPS: ReadonlySet<Op> = new Set<Op>(['MatMulNBits']);

/** Attributes that ONNX wants as floats; other numbers are integers. */
export const FLOAT_ATTRIBUTES: ReadonlySet<string> = new Set(['alpha', 'beta', 'epsilon']);
