/**
 * Logits driven further the way of a condition: free + strength · (steered − free) [V]. Classifier-free guidance for language models (Sanchez et al.,
 * "Stay on topic with Classifier-Free Guidance", arXiv 2306.17806). Strength 1 is the condition alone; above 1, what it makes likelier than it would
 * be without it becomes likelier still.
 */
export function guide(free: Float32Array, steered: Float32Array, strength: number): Float32Array {
  return steered.map((logit, i) => free[i]! + strength * (logit - free[i]!));
}
