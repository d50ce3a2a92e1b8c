import type { LabelsConfig } from './config';

/** The codebook: centroids [K, e] and the mean embedding of the training units [e]. */
export interface Codebook {
  readonly centroids: Float32Array;
  readonly mean: Float32Array;
}

/**
 * The label of every unit of a document: the centroid nearest to its embedding [n, e] → [n].
 * With centering by document, the running mean of the embeddings so far is taken off first, started by the global mean with the
 * weight of `priorWeight` units; it looks back only, so a unit's label does not depend on what follows.
 */
export function observeLabels(embeddings: Float32Array, codebook: Codebook, labels: LabelsConfig): Int32Array {
  const size = codebook.mean.length;
  const count = embeddings.length / size;
  if (!Number.isInteger(count)) throw new RangeError(`${embeddings.length} values are not embeddings of ${size}.`);
  const halfNorms = halfSquaredNorms(codebook.centroids, size);
  const sum = Float64Array.from(codebook.mean, (value) => value * labels.priorWeight);
  const centered = new Float32Array(size);
  const observed = new Int32Array(count);
  for (let t = 0; t < count; t++) {
    const embedding = embeddings.subarray(t * size, (t + 1) * size);
    if (labels.centering === 'document') {
      const weight = 1 / (labels.priorWeight + t + 1);
      for (let j = 0; j < size; j++) {
        sum[j]! += embedding[j]!;
        centered[j] = embedding[j]! - sum[j]! * weight;
      }
    } else {
      centered.set(embedding);
    }
    observed[t] = nearest(centered, codebook.centroids, halfNorms);
  }
  return observed;
}

function halfSquaredNorms(centroids: Float32Array, size: number): Float64Array {
  const norms = new Float64Array(centroids.length / size);
  for (let i = 0; i < centroids.length; i++) norms[Math.floor(i / size)]! += 0.5 * centroids[i]! * centroids[i]!;
  return norms;
}

/** argmin ‖x − c‖² = argmin ‖c‖²/2 − x·c; the first of equals. */
function nearest(x: Float32Array, centroids: Float32Array, halfNorms: Float64Array): number {
  let best = 0;
  let least = Infinity;
  for (let k = 0, at = 0; k < halfNorms.length; k++) {
    let product = 0;
    for (const value of x) product += value * centroids[at++]!;
    const distance = halfNorms[k]! - product;
    if (distance < least) {
      least = distance;
      best = k;
    }
  }
  return best;
}
