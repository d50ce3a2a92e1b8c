import type { PlannerLM } from '../model/plannerLm';

/** How well a written unit obeys the label it was to follow. */
export interface Obedience {
  /** Distance to the label beyond the distance to the nearest label: 0 exactly where the unit carries the label. */
  readonly excess: number;
  /** How many labels are nearer. */
  readonly rank: number;
}

/**
 * Judges the last of a document's units by the encoder, as it will be judged once it stands in the document.
 * @param embeddings of all units up to it, each [e]
 */
export function obedienceOf(model: PlannerLM, embeddings: readonly Float32Array[], label: number): Obedience {
  const packed = new Float32Array(embeddings.length * model.config.encoder.embeddingSize);
  for (const [i, embedding] of embeddings.entries()) packed.set(embedding, i * embedding.length);
  const distances = model.distances(packed);
  const own = distances[label]!;
  let least = own;
  let rank = 0;
  for (const distance of distances) {
    if (distance < own) rank++;
    if (distance < least) least = distance;
  }
  return { excess: own - least, rank };
}
