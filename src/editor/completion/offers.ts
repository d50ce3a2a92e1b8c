import { Signal } from '../signal';
import { Anchor, type Place } from './place';
import { remaindersOf, type Suggestion } from './suggestion';

/** Suggestions that are offered at a place. */
export interface Offer {
  readonly key: string;
  /** Where they were first offered. */
  readonly offset: number;
  /** As they were first offered. */
  readonly items: readonly Suggestion[];
  /** Whether the writer asked for them, to choose from. */
  readonly explicit: boolean;
}

interface Live extends Offer {
  readonly anchor: Anchor;
  readonly steering: string;
  typed: string;
}

/** What an edit did to the offer. */
export type Advance =
  /** There was none, or it is withdrawn. */
  | { readonly kind: 'none' }
  /** The text is now `by` characters further along it (negative: back). */
  | { readonly kind: 'along'; readonly by: number }
  /** One of the suggestions stands in the text as a whole; the last `by` characters came in this edit. */
  | { readonly kind: 'finished'; readonly by: number };

/**
 * What is offered to the writer at present. The editor does not tell what becomes of a suggestion, so it is read from the edits: what is typed or accepted along
 * it leaves the rest on offer; anything else withdraws it.
 */
export class Offers {
  readonly offered = new Signal<Offer>();
  /** The text is further along some of them, or back: others may remain. */
  readonly followed = new Signal<void>();
  readonly withdrawn = new Signal<void>();
  private live: Live | undefined;

  get current(): Offer | undefined {
    return this.live;
  }

  /** What is left of the suggestions, where the cursor is now. */
  get remaining(): readonly Suggestion[] {
    return this.live === undefined ? [] : remaindersOf(this.live.items, this.live.typed);
  }

  /** What is left of them for a place; empty where they are not on offer there. */
  at(place: Place, steeringSince: (offset: number) => string): readonly Suggestion[] {
    const { live } = this;
    if (live === undefined || live.anchor.typedAt(place) !== live.typed) return [];
    return live.steering === steeringSince(live.offset) ? this.remaining : [];
  }

  /** Suggestions are shown at a place. Those that are on offer there already stay as they are. @returns whether they are new */
  show(place: Place, items: readonly Suggestion[], explicit: boolean, steering: string): boolean {
    const { live } = this;
    const isHere = live !== undefined && live.anchor.typedAt(place) === live.typed && live.steering === steering;
    if (isHere && live.explicit === explicit && sameTexts(items, this.remaining)) return false;
    this.withdraw();
    const { key, offset } = place;
    this.live = { key, offset, items, explicit, anchor: new Anchor(place), steering, typed: '' };
    this.offered.emit(this.live);
    return true;
  }

  /** A document was edited; `undone`: by undo or redo, which is never following a suggestion. */
  edited(key: string, text: string, undone: boolean): Advance {
    const { live } = this;
    if (live?.key !== key) return { kind: 'none' };
    const typed = undone ? undefined : live.anchor.typedIn(key, text);
    if (typed !== undefined) {
      const by = typed.length - live.typed.length;
      if (remaindersOf(live.items, typed).length > 0) {
        live.typed = typed;
        this.followed.emit();
        return { kind: 'along', by };
      }
      if (live.items.some((item) => item.text === typed)) {
        this.withdraw();
        return { kind: 'finished', by };
      }
    }
    this.withdraw();
    return { kind: 'none' };
  }

  /** The cursor is somewhere: elsewhere nothing is shown. */
  moved({ key, text, offset }: Place): void {
    if (this.live !== undefined && (this.live.key !== key || this.live.anchor.cursorIn(text) !== offset))
      this.withdraw();
  }

  withdraw(): void {
    if (this.live === undefined) return;
    this.live = undefined;
    this.withdrawn.emit();
  }
}

function sameTexts(a: readonly Suggestion[], b: readonly Suggestion[]): boolean {
  return a.length === b.length && a.every(({ text }, n) => text === b[n]?.text);
}
