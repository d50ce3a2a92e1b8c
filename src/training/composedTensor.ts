import { ModelError } from '../model/errors';
import { roundToBytes } from '../model/roundToBytes';
import type { SafetensorsFile } from '../model/safetensors';
import type { WeightFiles } from '../model/weightFiles';
import type { TensorToWrite } from '../model/writeSafetensors';
import type { LowRankRows } from './lowRankRows';

/** What a tensor of a composed model folder is made of. */
export interface ComposedFrom {
  /** The part of the base model that it belongs to. */
  readonly base: WeightFiles;
  /** The workspace's model, which has it anew or leaves it as it is. */
  readonly tuned: SafetensorsFile;
  /** What a light model adds to it. */
  readonly lowRank: LowRankRows | undefined;
}

/**
 * A tensor as tuned: in 8 bits where the base has it so, else in half precision. One in 8 bits that was not tuned keeps its very bytes.
 * @throws {ModelError} for a file that is cut short, has the tensor in another shape or holds what is not finite
 */
export async function composedTensor(
  name: string,
  shape: readonly number[],
  { base, tuned, lowRank }: ComposedFrom,
): Promise<TensorToWrite> {
  const inBytes = base.areOf('U8', [name]);
  const found = tuned.tensors.get(name)?.shape;
  const isTuned = found !== undefined;
  if (isTuned && found.join() !== shape.join()) {
    throw new ModelError(
      'shape',
      tuned.path,
      `has shape [${found.join(', ')}], the base has [${shape.join(', ')}]`,
      name,
    );
  }
  if (inBytes && !isTuned && lowRank === undefined) {
    return { name, dtype: 'U8', shape, ...(await base.readStackedBytes([name])) };
  }
  const data = isTuned ? await tuned.read(name) : await base.read(name);
  await lowRank?.addTo(data, tuned);
  return inBytes ? { name, dtype: 'U8', shape, ...roundToBytes(data) } : { name, dtype: 'F16', shape, data };
}
