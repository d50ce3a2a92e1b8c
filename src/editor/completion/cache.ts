import type { Silence } from '../../engine/protocol';
import type { Anchor } from './place';
import { remaindersOf, type Suggestion } from './suggestion';
import type { Wish } from './wish';

/** Suggestions kept. As many as Copilot's and Tabby's caches hold: some minutes of writing. */
const KEPT = 100;

interface Entry {
  readonly conditions: string;
  readonly steering: string;
  readonly anchor: Anchor;
  readonly suggestions: readonly Suggestion[];
  readonly silence: Silence | undefined;
}

/** What is known of a place. */
export interface Known {
  /** Empty: the engine was asked just here, and had nothing to say. */
  readonly suggestions: readonly Suggestion[];
  /** Why it had nothing to say. */
  readonly silence: Silence | undefined;
  /** How many characters of the suggestions stand in the text already. */
  readonly typed: number;
}

/**
 * What the engine suggested, by the conditions it was asked under and where. A suggestion serves all places that typing along it leads to, so that going on,
 * going back and accepting a part need no engine. The least recently used is forgotten first.
 */
export class SuggestionCache {
  /** Least recently used first. */
  private readonly entries: Entry[] = [];

  constructor(private readonly capacity = KEPT) {}

  get(wish: Wish): Known | undefined {
    for (let n = this.entries.length - 1; n >= 0; n--) {
      const entry = this.entries[n]!;
      if (entry.conditions !== wish.conditions) continue;
      const typed = entry.anchor.typedAt(wish.place);
      if (typed === undefined) continue;
      const suggestions = remaindersOf(entry.suggestions, typed);
      if (suggestions.length === 0 && !(typed === '' && entry.suggestions.length === 0)) continue;
      if (entry.steering !== wish.steeringSince(entry.anchor.offset)) continue;
      this.entries.push(...this.entries.splice(n, 1));
      return { suggestions, silence: entry.silence, typed: typed.length };
    }
    return undefined;
  }

  /** @param steering what the suggestions were made under */
  put(
    { conditions, steering, anchor }: { conditions: string; steering: string; anchor: Anchor },
    suggestions: readonly Suggestion[],
    silence?: Silence,
  ): void {
    this.entries.push({ conditions, steering, anchor, suggestions, silence });
    if (this.entries.length > this.capacity) this.entries.shift();
  }

  clear(): void {
    this.entries.length = 0;
  }
}
