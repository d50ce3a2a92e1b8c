import type { UnitDocument } from '../../text/units';
import { Signal } from '../signal';
import { withOtherLineEnds } from './lineEnds';
import { movedRegion, regionOf, type Region, type Replacement } from './region';
import { anchorBefore, endOfWords, startOfWords, unitBehind, unitWritten } from './target';

/** What the writer has decided about one sentence. */
export interface SteeredSentence {
  /** The label it is to carry; undefined where the plan decides. */
  readonly pin: number | undefined;
  /** Labels it must not carry. */
  readonly never: readonly number[];
}

/** A place in a document where the writer has said what comes next. */
export interface SteeringPlace {
  /** End of the text before the first steered sentence. */
  readonly offset: number;
  /** The sentences from there on, in order. */
  readonly sentences: readonly SteeredSentence[];
}

/** What steers a completion: nothing where both lists are empty. Pins behind a sentence that is left to the plan are not among them. */
export interface ActiveSteering {
  /** Labels of the sentence being written and of those after it. */
  readonly pins: readonly number[];
  /** Labels that the first of them must not carry. */
  readonly never: readonly number[];
}

/** What the writer wants of the sentence being written and of those after it. */
export interface Wishes {
  /** The label that each is to carry; undefined where the plan decides. */
  readonly pins: readonly (number | undefined)[];
  /** Labels that the first of them must not carry. */
  readonly never: readonly number[];
}

interface Place {
  readonly region: Region;
  readonly sentences: readonly SteeredSentence[];
}

const NOTHING: ActiveSteering = { pins: [], never: [] };
/** Places kept per document; the oldest goes first. */
const PLACES_KEPT = 20;

/**
 * What the writer has decided about sentences of one document. A pin is never used up: it holds for the n-th sentence behind its place, so
 * that undoing a sentence brings its pin back. A place ends where text begins that stood there already: that is not written any more.
 */
export class Steering {
  readonly changed = new Signal<void>();
  private list: readonly Place[] = [];

  /** @param units the document's, up to date whenever this is asked */
  constructor(private readonly units: UnitDocument) {}

  /** Oldest first. */
  get places(): readonly SteeringPlace[] {
    return this.list.map(shown);
  }

  /** What holds for a completion at `offset`. */
  at(offset: number): ActiveSteering {
    const { pins, never } = this.wishes(offset);
    const free = pins.indexOf(undefined);
    return { pins: (free < 0 ? pins : pins.slice(0, free)).map((pin) => pin!), never };
  }

  /** All that is wished at `offset`. */
  wishes(offset: number): Wishes {
    const found = this.find(offset, 0);
    if (found === undefined) return NOTHING;
    const left = found.place.sentences.slice(found.done);
    return { pins: left.map(({ pin }) => pin), never: left[0]!.never };
  }

  /** The place whose sentences are being written at `offset`; of several the nearest before it. */
  placeFor(offset: number): SteeringPlace | undefined {
    const found = this.find(offset, 0);
    return found && shown(found.place);
  }

  /** Replaces what holds at `offset`, and for the sentences after that; empty lists clear it. */
  set(offset: number, { pins, never }: Wishes): void {
    const [pin, ...later] = pins;
    const wished = [{ pin, never: [...never] }, ...later.map((label) => ({ pin: label, never: [] }))];
    const fresh = this.regionAt(offset);
    const found = this.find(offset, 1);
    const before = found ? found.place.sentences.slice(0, found.done) : [];
    const region = found ? widened(found.place.region, fresh) : fresh;
    const sentences = withoutTail([...before, ...wished]);
    const rest = this.list.filter((place) => place !== found?.place);
    this.list = sentences.length === 0 ? rest : [...rest, { region, sentences }].slice(-PLACES_KEPT);
    this.changed.emit();
  }

  clear(): void {
    if (this.list.length === 0) return;
    this.list = [];
    this.changed.emit();
  }

  /** Takes over what was decided in a document that this one takes the place of. */
  inherit({ list, units }: Steering): void {
    if (list.length === 0 || this.list.length > 0) return;
    this.list = list;
    this.edited({ start: 0, removed: units.text, text: this.units.text });
    this.changed.emit();
  }

  /** Moves the places along with an edit. */
  edited(edit: Replacement): void {
    if (this.list.length === 0) return;
    this.list = this.list.map((place) => ({ ...place, region: movedRegion(place.region, edit) }));
  }

  /** The text, which was `before`, became another at once: its line ends changed, or nobody knows what. */
  replaced(before: string): void {
    if (this.list.length === 0) return;
    const moved = withOtherLineEnds(before, this.units.text);
    if (moved === undefined) this.edited({ start: 0, removed: before, text: this.units.text });
    else {
      this.list = this.list.map(({ region: { start, end }, sentences }) => ({
        region: regionOf(moved(start.offset), moved(end.offset)),
        sentences,
      }));
    }
  }

  /** The nearest place before `offset`, and how many of its sentences are done there: fewer than it has, and at most `beyond` more. */
  private find(offset: number, beyond: number): { place: Place; done: number } | undefined {
    let found: { place: Place; done: number } | undefined;
    let unit: number | undefined;
    for (const place of this.list) {
      const { start, end } = place.region;
      if (start.offset > offset || end.offset < offset) continue;
      if (found && found.place.region.start.offset >= start.offset) continue;
      unit ??= unitWritten(this.units, offset);
      const done = unit - unitBehind(this.units, start.offset);
      if (done >= 0 && done < place.sentences.length + beyond) found = { place, done };
    }
    return found;
  }

  private regionAt(offset: number): Region {
    const { units, text } = this.units;
    const unit = unitWritten(this.units, offset);
    const written = units[unit];
    if (written === undefined || written.start > offset) {
      return regionOf(anchorAt(this.units, unit, offset), startOfWords(text, offset));
    }
    const isBegun = text.slice(written.start, offset).trim() !== '';
    return regionOf(
      anchorBefore(this.units, unit),
      startOfWords(text, isBegun ? Math.max(written.end, offset) : offset),
    );
  }
}

/** The unit that is written at `offset` has not begun there: the text before it ends there, or with the white space before. */
function anchorAt(units: UnitDocument, unit: number, offset: number): number {
  let at = Math.min(offset, anchorBefore(units, unit));
  // What stands right before the cursor may begin a sentence there and be something else with the text behind it, as the half of a fence's last line.
  while (at > 0 && unitBehind(units, at) > unit) at = endOfWords(units.text, at - 1);
  return at;
}

function shown({ region, sentences }: Place): SteeringPlace {
  return { offset: region.start.offset, sentences };
}

/** A place that goes on where another one's sentences are all written ends where that would. */
function widened(region: Region, other: Region): Region {
  return other.end.offset > region.end.offset ? { start: region.start, end: other.end } : region;
}

function withoutTail(sentences: readonly SteeredSentence[]): readonly SteeredSentence[] {
  const last = sentences.findLastIndex(({ pin, never }) => pin !== undefined || never.length > 0);
  return sentences.slice(0, last + 1);
}
