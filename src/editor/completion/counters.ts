/** How suggestions fared. Stays on this machine, and holds numbers only. */
export interface Counts {
  readonly offered: number;
  /** Accepted as a whole, by sentence, and in part by other ways (word by word). */
  readonly whole: number;
  readonly sentences: number;
  readonly parts: number;
  /** Characters that were accepted in any of these ways. */
  readonly characters: number;
}

/** Where numbers are kept; a part of the editor's Memento. */
export interface NumberStore {
  get(key: string): Counts | undefined;
  update(key: string, counts: Counts): unknown;
}

export const COUNTERS_KEY = 'planwright.counters';
/** What is counted before anything has been. */
export const NO_COUNTS: Counts = { offered: 0, whole: 0, sentences: 0, parts: 0, characters: 0 };
/** Numbers are written down at most this often, in milliseconds: each write goes to the editor's data base. */
const SAVED_AFTER = 5000;

/** Counts what becomes of suggestions, for the writer's own eyes. */
export class Counters {
  /** What was counted here and is not written down yet: other windows write to the same store. */
  private fresh = NO_COUNTS;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: NumberStore) {}

  get current(): Counts {
    return sumOf({ ...NO_COUNTS, ...this.store.get(COUNTERS_KEY) }, this.fresh);
  }

  offered(): void {
    this.add({ offered: 1 });
  }

  accepted(how: 'whole' | 'sentences' | 'parts', characters: number): void {
    this.add({ [how]: 1, characters });
  }

  /** Writes down what is not yet. */
  dispose(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.save();
  }

  private add(more: Partial<Counts>): void {
    this.fresh = sumOf(this.fresh, { ...NO_COUNTS, ...more });
    this.timer ??= setTimeout(() => this.save(), SAVED_AFTER);
  }

  private save(): void {
    this.timer = undefined;
    const { current } = this;
    this.fresh = NO_COUNTS;
    this.store.update(COUNTERS_KEY, current);
  }
}

function sumOf(a: Counts, b: Counts): Counts {
  return {
    offered: a.offered + b.offered,
    whole: a.whole + b.whole,
    sentences: a.sentences + b.sentences,
    parts: a.parts + b.parts,
    characters: a.characters + b.characters,
  };
}
