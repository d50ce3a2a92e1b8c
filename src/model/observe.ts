import type { LabelsConfig } from './config';

/** The codebook: centroids [K, e] and the mean embedding of the training units [e]. */
export interface Codebook {
  readonly centroids: Float32Array;
  readonly mean: Float32Array;
}

/**
 * The label of every unit of a document from unit `from` on: the centroid nearest to its embedding [n, e] → [n − from].
 * With centering by document, the running mean of the embeddings so far is taken off first, started by the global mean with the
 * weight of `priorWeight` units; it looks back only, so a unit's label does not depend on what follows, and after an edit only labels
 * from there on need to be looked at again.
 */
export function observeLabels(
  embeddings: Float32Array,
  codebook: Codebook,
  labels: LabelsConfig,
  from = 0,
): Int32Array {
  const size = codebook.mean.length;
  const points = centeredPoints(embeddings, codebook, labels, from);
  const observed = new Int32Array(points.length / size);
  const halfNorms = halfSquaredNorms(codebook.centroids, size);
  for (let t = 0; t < observed.length; t += ABREAST) nearest(points, t, size, codebook.centroids, halfNorms, observed);
  return observed;
}

/**
 * How far the last unit of a document is from every label: the distance of its point to each centroid [K], by the rule of
 * {@link observeLabels}, whose label for it is the nearest. From the embeddings of the document's units [n, e], n at least 1.
 */
export function labelDistances(embeddings: Float32Array, codebook: Codebook, labels: LabelsConfig): Float32Array {
  const size = codebook.mean.length;
  const point = centeredPoints(embeddings, codebook, labels, embeddings.length / size - 1);
  const { centroids } = codebook;
  return Float32Array.from({ length: centroids.length / size }, (_, k) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += (centroids[k * size + j]! - point[j]!) ** 2;
    return Math.sqrt(sum);
  });
}

/** What is compared with the centroids: embeddings from unit `from` on, the running mean taken off where labels are centred [n − from, e]. */
function centeredPoints(
  embeddings: Float32Array,
  codebook: Codebook,
  labels: LabelsConfig,
  from: number,
): Float32Array {
  const size = codebook.mean.length;
  const count = embeddings.length / size;
  if (!Number.isInteger(count)) throw new RangeError(`${embeddings.length} values are not embeddings of ${size}.`);
  if (!(from >= 0 && from <= count)) throw new RangeError(`There is no unit ${from} among ${count}.`);
  const points = embeddings.slice(from * size);
  if (labels.centering === 'document') {
    const sum = Float64Array.from(codebook.mean, (value) => value * labels.priorWeight);
    for (let t = 0; t < count; t++) {
      const weight = 1 / (labels.priorWeight + t + 1);
      for (let j = 0; j < size; j++) {
        sum[j]! += embeddings[t * size + j]!;
        if (t >= from) points[(t - from) * size + j]! -= sum[j]! * weight;
      }
    }
  }
  return points;
}

/** ‖c‖²/2 of every centroid. */
function halfSquaredNorms(centroids: Float32Array, size: number): Float64Array {
  const norms = new Float64Array(centroids.length / size);
  for (let k = 0, at = 0; k < norms.length; k++) {
    let sum = 0;
    for (let j = 0; j < size; j++, at++) sum += centroids[at]! * centroids[at]!;
    norms[k] = sum / 2;
  }
  return norms;
}

/** Units compared with a centroid at once: each value of the codebook is loaded once for four products. */
const ABREAST = 4;

/**
 * Labels of up to four points from `first` on: argmin ‖x − c‖² = argmin ‖c‖²/2 − x·c; the first of equals.
 * @param observed where the labels go [n]
 */
function nearest(
  points: Float32Array,
  first: number,
  size: number,
  centroids: Float32Array,
  halfNorms: Float64Array,
  observed: Int32Array,
): void {
  // Beyond the last point the last is taken again.
  const row = (i: number): number => Math.min(first + i, observed.length - 1) * size;
  const [a, b, c, d] = [row(0), row(1), row(2), row(3)];
  const least = new Float64Array(ABREAST).fill(Infinity);
  const best = new Int32Array(ABREAST);
  const distances = new Float64Array(ABREAST);
  for (let k = 0, at = 0; k < halfNorms.length; k++) {
    let w = halfNorms[k]!;
    let x = w;
    let y = w;
    let z = w;
    for (let j = 0; j < size; j++, at++) {
      const value = centroids[at]!;
      w -= value * points[a + j]!;
      x -= value * points[b + j]!;
      y -= value * points[c + j]!;
      z -= value * points[d + j]!;
    }
    distances[0] = w;
    distances[1] = x;
    distances[2] = y;
    distances[3] = z;
    for (let i = 0; i < ABREAST; i++) {
      if (distances[i]! >= least[i]!) continue;
      least[i] = distances[i]!;
      best[i] = k;
    }
  }
  observed.set(best.subarray(0, Math.min(ABREAST, observed.length - first)), first);
}
