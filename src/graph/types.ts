/** Element types that graphs and tensors use, by ONNX's number for them. */
export const DTYPE_CODES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 } as const;

export type DType = keyof typeof DTYPE_CODES;

/** Bytes of one element. */
export const DTYPE_BYTES: Readonly<Record<DType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
};

/** The typed array that holds each element type; float16 as its bits, bool as 0 and 1. */
export interface DataOf {
  float32: Float32Array;
  uint8: Uint8Array;
  int8: Int8Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
  float16: Uint16Array;
}

export type TensorData = DataOf[DType];

/** A size: known, or a name that stands for the same unknown number throughout a graph. */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** A graph that cannot be built: the message names the operation and the shapes or types at fault. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
}

/** For messages: `float32 [T, 64]`. */
export function describe(value: { readonly dtype: DType; readonly shape: Shape }): string {
  return `${value.dtype} [${value.shape.join(', ')}]`;
}

/** Typed array of `dtype` from plain numbers. float16 is not offered: pass its bits. */
export function dataFrom<D extends Exclude<DType, 'float16'>>(dtype: D, values: readonly number[]): DataOf[D];
export function dataFrom(dtype: Exclude<DType, 'float16'>, values: readonly number[]): TensorData {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values);
    case 'int8':
      return Int8Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'int64':
      return BigInt64Array.from(values, (value) => BigInt(value));
  }
}

/** The same memory as bytes, without a copy. */
export function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
