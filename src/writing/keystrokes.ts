import type { PlannerLM } from '../model/plannerLm';
import { UnitDocument } from '../text/units';
import { CancelledError } from './cancellation';
import type { LiveConditioning } from './conditioner';
import type { GateLevel } from './gate';
import { ModelText } from './modelText';
import { seededRandom } from './sampling';
import { DocumentSession } from './session';

export interface ReplayOptions {
  /** Units typed per document, drawn at random; Infinity for every one. */
  readonly spans: number;
  readonly seed?: number;
  /** Where a completion is asked for: after every character as the editor does, or at the start of words only (cheaper). */
  readonly ask?: 'character' | 'word';
}

/** What is suggested behind a text; undefined for nothing. */
export type Suggester = (before: string) => Promise<string | undefined>;

export interface ModelSuggesterOptions {
  readonly gate?: GateLevel;
  readonly conditioning?: LiveConditioning;
  readonly memory?: boolean;
  readonly signal?: AbortSignal;
}

/** Suggests what the editor would show unasked. @throws {CancelledError} */
export function modelSuggester(model: PlannerLM, options: ModelSuggesterOptions): Suggester {
  const { gate = 'balanced', conditioning = 'soft', memory, signal } = options;
  const session = new DocumentSession(model, '', { conditioning, ...(memory !== undefined && { memory }) });
  return async (before) => {
    session.setText(before);
    const { completions, reason } = await session.complete(before.length, { gate, ...(signal && { signal }) });
    if (reason?.kind === 'cancelled') throw new CancelledError();
    return completions[0]?.text;
  };
}

/** What typing a document's sampled units took. */
export interface Replay {
  /** Characters of the units: one key each. */
  readonly keysWithout: number;
  /** Keys with suggestions: typed characters, and one per acceptance of a whole suggestion or of one word. */
  readonly keysWith: number;
  readonly shown: number;
  /** Suggestions of which at least one word was accepted. */
  readonly accepted: number;
}

/** What several replays come to together: the share of keys saved, and of shown suggestions that were accepted; null where there were none. */
export function replayShares(replays: readonly Replay[]): {
  readonly saved: number | null;
  readonly taken: number | null;
} {
  const sum = (key: keyof Replay): number => replays.reduce((total, replay) => total + replay[key], 0);
  const [without, shown] = [sum('keysWithout'), sum('shown')];
  return {
    saved: without === 0 ? null : 1 - sum('keysWith') / without,
    taken: shown === 0 ? null : sum('accepted') / shown,
  };
}

/** Units shorter than this are over before a suggestion could help. */
const SHORTEST_UNIT = 20;

/**
 * Types sampled units of a document as its author did, with the text before them as it was, nothing after the cursor, and an ideal reader at the keyboard:
 * a suggestion that goes on as the author did, up to the end of a word, is accepted whole for one key; one whose first words do is accepted
 * word by word, a key each, if that saves keys. Otherwise the author types on; a suggestion stays shown (and is not counted again) while the
 * characters typed agree with it.
 */
export async function replayKeystrokes(source: string, suggest: Suggester, options: ReplayOptions): Promise<Replay> {
  const { text } = ModelText.of(source);
  const total = { keysWithout: 0, keysWith: 0, shown: 0, accepted: 0 };
  let reached = 0;
  for (const [start, end] of sampleSpans(text, options)) {
    // An accepted suggestion may have run into the next unit.
    let at = Math.max(start, reached);
    const began = at;
    let live: { from: number; text: string } | undefined;
    while (at < end) {
      if (!live && (options.ask === 'character' || at === began || /\s/.test(text[at - 1]!))) {
        const offered = await suggest(text.slice(0, at));
        if (offered !== undefined) {
          live = { from: at, text: offered };
          total.shown++;
        }
      }
      const gain = live && acceptance(live.text.slice(at - live.from), text.slice(at, at + live.text.length + 1));
      if (gain) {
        total.accepted++;
        total.keysWith += gain.keys;
        at += gain.characters;
        live = undefined;
        continue;
      }
      total.keysWith++;
      if (live && live.text[at - live.from] !== text[at]) live = undefined;
      at++;
      if (live && at - live.from >= live.text.length) live = undefined;
    }
    total.keysWithout += Math.max(0, at - began);
    reached = at;
  }
  return total;
}

/** How an ideal reader accepts a suggestion before a truth: the characters gained and the keys paid; undefined if not at all. */
export function acceptance(suggestion: string, truth: string): { keys: number; characters: number } | undefined {
  const endsWord = (length: number): boolean =>
    /\s$/.test(suggestion.slice(0, length)) || !/^[\p{L}\p{N}]/u.test(truth.slice(length));
  if (truth.startsWith(suggestion) && endsWord(suggestion.length)) {
    return suggestion.length > 1 ? { keys: 1, characters: suggestion.length } : undefined;
  }
  let keys = 0;
  let characters = 0;
  for (const { 0: word, index } of suggestion.matchAll(/\s*\S+/g)) {
    const end = index + word.length;
    if (!truth.startsWith(suggestion.slice(0, end)) || !endsWord(end)) break;
    keys++;
    characters = end;
  }
  return characters > keys ? { keys, characters } : undefined;
}

/** Units of prose, in order of the text, chosen with the seed. */
function sampleSpans(text: string, options: ReplayOptions): [number, number][] {
  const spans = new UnitDocument(text).units
    .filter(({ kind }) => kind === 'sentence' || kind === 'listItem' || kind === 'quote')
    .map(({ start, end }): [number, number] => [start, start + text.slice(start, end).trimEnd().length])
    // The first unit of a document has nothing before it to go by.
    .filter(([start, end]) => start > 0 && end - start >= SHORTEST_UNIT);
  const random = seededRandom(options.seed ?? 0);
  while (spans.length > options.spans) spans.splice(Math.floor(random() * spans.length), 1);
  return spans;
}
