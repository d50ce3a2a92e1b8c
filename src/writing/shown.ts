import { filterBeginning, filterCompletion, joinSuffix } from './filters/chain';
import type { FilterContext } from './filters/filter';
import { confidenceOf, confidentLength, GATES, type GateLevel, type ScoredToken } from './gate';
import type { Generation } from './generate';
import type { EmptyReason } from './reasons';

/** What is left of a generation after filters and gate: [from, to) of the generated text, perhaps with a space added. */
export interface Shown {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly confidence: number;
  readonly tokens: number;
}

/** What of a generation is shown, or why nothing is. */
export function shownOf(generation: Generation, context: FilterContext, gate: GateLevel): Shown | EmptyReason {
  if (generation.text.trim() === '') {
    if (generation.ended === 'end-of-text') return { kind: 'end-of-text' };
    return { kind: generation.ended === 'repetition' ? 'repeats-itself' : 'only-whitespace' };
  }
  const verdict = (generation.ended === 'unsure' ? filterBeginning : filterCompletion)(generation.text, context);
  if ('drop' in verdict) return { kind: verdict.drop };
  const from = leadingSpace(generation.text) - leadingSpace(verdict.text);
  const tokens: ScoredToken[] = generation.tokens.map(({ end, probability }) => ({
    end: Math.max(0, end - from),
    probability,
  }));
  const threshold = GATES[gate];
  const length = confidentLength(verdict.text, tokens, threshold);
  if (length === 0) {
    const confidence = confidenceOf(verdict.text, tokens);
    return confidence < threshold ? { kind: 'low-confidence', confidence, threshold } : { kind: 'too-short' };
  }
  const cut = filterBeginning(verdict.text.slice(0, length), context);
  if ('drop' in cut) return { kind: cut.drop };
  const { text } = cut;
  const joined = joinSuffix(text, context);
  return {
    text: 'drop' in joined ? text : joined.text,
    from,
    to: from + text.length,
    confidence: confidenceOf(text, tokens),
    tokens: tokens.filter(({ end }, i) => end > 0 && (tokens[i - 1]?.end ?? 0) < text.length).length,
  };
}

function leadingSpace(text: string): number {
  return text.length - text.trimStart().length;
}
