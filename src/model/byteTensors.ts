import { ModelError } from './errors';
import { BLOCK } from './half';
import type { TensorInfo } from './safetensors';

/*
 * A matrix NAME [rows, columns] may be stored in 8 bits: integers of its own shape, and beside them, in the same file, NAME.scales, float16
 * [rows, columns/32]. A value is its integer, less 128, times the scale of its block of 32 along the row: ggml's Q8_0, see
 * https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h, but without signs, as onnxruntime's MatMulNBits wants it. So
 * the run-time takes such matrices from the file as they are.
 */

/** The tensor that holds the scales of one in 8 bits. */
export function scalesOf(name: string): string {
  return `${name}.scales`;
}

/** @throws {ModelError} kind 'format', naming the tensor in 8 bits that no values can be made of */
export function checkByteTensors(path: string, tensors: ReadonlyMap<string, TensorInfo>): void {
  for (const { name, dtype, shape } of tensors.values()) {
    if (dtype !== 'U8') continue;
    const wrong = (detail: string): ModelError => new ModelError('format', path, detail, name);
    const [rows, columns] = shape;
    if (rows === undefined || columns === undefined || shape.length !== 2 || columns % BLOCK !== 0) {
      throw wrong(
        `is stored in 8 bits, which a matrix with a multiple of ${BLOCK} columns can be, not [${shape.join(', ')}]`,
      );
    }
    const scales = tensors.get(scalesOf(name));
    if (scales === undefined) throw wrong(`is stored in 8 bits, and the file lacks its scales (${scalesOf(name)})`);
    const wanted = `F16 of shape [${rows}, ${columns / BLOCK}]`;
    const found = `${scales.dtype} of shape [${scales.shape.join(', ')}]`;
    if (found !== wanted) throw wrong(`its scales (${scalesOf(name)}) are ${found}, not ${wanted}`);
  }
}
