import type * as Core from '@tensorflow/tfjs-core';
import type { CpuTensor } from '../runtime';
import { GraphError, type DType, type TensorData } from '../types';

/*
 * What of TensorFlow.js is used, as types only: the library itself is given at run time, so that nothing of it is bundled.
 * https://js.tensorflow.org/api/4.22.0/
 */

export type TensorFlow = typeof Core;
export type NativeTensor = Core.Tensor;
type NativeType = 'float32' | 'int32' | 'bool';

/** How each element type is held: int64, which are indices and sizes here, as int32. undefined: not at all. */
const HELD: Readonly<Record<DType, NativeType | undefined>> = {
  float32: 'float32',
  int32: 'int32',
  int64: 'int32',
  bool: 'bool',
  uint8: undefined,
  int8: undefined,
  float16: undefined,
};

/** @throws {GraphError} where the library has no such type; `of` is what has it, for the message */
export function nativeType(dtype: DType, of: string): NativeType {
  const held = HELD[dtype];
  if (held !== undefined) return held;
  throw new GraphError(`TensorFlow.js holds no ${dtype}, the type of ${of}. Use float32, or onnxruntime.`);
}

/**
 * A copy of a tensor in the library's memory: some of its backends go on reading the array that they are given.
 * @throws {GraphError} where a 64-bit integer does not fit into 32 bits
 */
export function upload(tf: TensorFlow, { dtype, dims, data }: CpuTensor, name: string): NativeTensor {
  return tf.tensor(copied(data, name), [...dims], nativeType(dtype, name));
}

function copied(data: TensorData, name: string): Float32Array | Int32Array | Uint8Array {
  if (!(data instanceof BigInt64Array)) return data.slice() as Float32Array | Int32Array | Uint8Array;
  return Int32Array.from(data, (value) => {
    const number = Number(value);
    if (number === (number | 0)) return number;
    throw new GraphError(
      `TensorFlow.js holds int64 as 32 bits, which ${value.toString()} in ${name} does not fit into.`,
    );
  });
}

/** The elements of a tensor, as an array that nothing else reads. */
export async function download(tensor: NativeTensor, dtype: DType): Promise<TensorData> {
  const data = await tensor.data();
  switch (dtype) {
    case 'int64':
      return BigInt64Array.from(data, (value) => BigInt(value));
    case 'int32':
      return new Int32Array(data);
    case 'bool':
      return new Uint8Array(data);
    default:
      return new Float32Array(data);
  }
}
