import type { PlannerLM } from '../model/plannerLm';
import { UnitDocument } from '../text/units';
import { evaluate } from '../writing/evaluation';
import { seededRandom } from '../writing/sampling';
import { DocumentSession } from '../writing/session';
import type { Measures } from './jobTypes';

export interface MeasureOptions {
  /** Tokens of the held-out documents whose perplexity is measured. */
  readonly maxTokens: number;
  /** Sentences typed per document with the model's suggestions; 0 for none. */
  readonly spans: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** How good a model is on texts, as the editor would use it: soft mixture, balanced gate. @throws {CancelledError} */
export async function measure(
  model: PlannerLM,
  texts: readonly string[],
  { maxTokens, spans, seed, signal, onProgress }: MeasureOptions,
): Promise<Measures> {
  const [row] = await evaluate(model, texts, {
    rows: ['soft'],
    maxTokens,
    ...(spans > 0 && { keystrokes: { spans, seed, ask: 'word' as const } }),
    ...(signal && { signal }),
    onProgress: (_, done, total) => onProgress?.(done, total),
  });
  const { perplexity, bitsPerCharacter, plannerTop1, plannerTop5, keystrokeSavings, precision } = row!;
  return { perplexity, bitsPerCharacter, plannerTop1, plannerTop5, keystrokeSavings, precision };
}

/** A place in a held-out document that the report shows. */
export interface ExamplePlace {
  readonly text: string;
  /** Where the model writes on. */
  readonly at: number;
  readonly prompt: string;
  readonly truth: string;
}

/** Words of a sentence that are given before the model goes on. */
const GIVEN_WORDS = 3;
/** Characters before the place that a report shows. */
const PROMPT_CHARACTERS = 160;

/** Places within sentences of prose, after their first words, chosen with the seed, no two in one sentence. */
export function examplePlaces(texts: readonly string[], count: number, seed: number): ExamplePlace[] {
  const places = texts.flatMap((text) =>
    new UnitDocument(text).units
      .filter(({ kind, start }) => kind === 'sentence' && start > 0)
      .flatMap(({ start, end }): ExamplePlace[] => {
        const sentence = text.slice(start, end).trimEnd();
        const given = new RegExp(`^(?:\\S+\\s+){${GIVEN_WORDS}}`).exec(sentence)?.[0];
        if (given === undefined || sentence.length < 2 * given.length) return [];
        const at = start + given.length;
        return [
          {
            text,
            at,
            prompt: text.slice(Math.max(0, at - PROMPT_CHARACTERS), at),
            truth: sentence.slice(given.length),
          },
        ];
      }),
  );
  const random = seededRandom(seed);
  while (places.length > count) places.splice(Math.floor(random() * places.length), 1);
  return places;
}

/** How a model goes on at these places, to the end of the sentence, its most probable words. @throws {CancelledError} */
export async function writeOn(
  model: PlannerLM,
  places: readonly ExamplePlace[],
  signal?: AbortSignal,
): Promise<string[]> {
  const written: string[] = [];
  for (const { text, at } of places) {
    const session = new DocumentSession(model, text.slice(0, at));
    const { completions } = await session.complete(at, { gate: 'open', stop: 'sentence', ...(signal && { signal }) });
    written.push(completions[0]?.text ?? '');
  }
  return written;
}
