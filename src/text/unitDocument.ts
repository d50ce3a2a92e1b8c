import { closedUnitCount } from './closedUnits';
import type { Unit } from './kinds';
import { Splitter } from './splitter';
import { INITIAL_STATE, type SplitterState } from './splitterState';

/** Units old [from, oldTo) became new [from, newTo); the others have the same text as before. */
export interface UnitChange {
  readonly from: number;
  readonly oldTo: number;
  readonly newTo: number;
}

/** The splitter between two steps: where it stood, how far it had looked, how many units it had closed, where the open one began. */
interface Checkpoint {
  position: number;
  seen: number;
  closed: number;
  start: number;
  readonly state: SplitterState;
}

/** How far a text behind the last checkpoint is read to tell whether a unit ends there: further on there is no sentence that a person wrote. */
const LONGEST_TAIL = 10_000;
/** How much of the text before a place its meaning may depend on. */
const LOOK_BACK = 64;

/** A text and its units, kept up to date edit by edit: only what an edit touches is split again. */
export class UnitDocument {
  #text = '';
  #units: Unit[] = [];
  /** Moved in place: thousands of new ones with each key would keep the garbage collector busy while someone types. */
  readonly #checkpoints: Checkpoint[] = [{ position: 0, seen: 0, closed: 0, start: 0, state: INITIAL_STATE }];

  constructor(text: string) {
    this.edit(0, 0, text);
  }

  get text(): string {
    return this.#text;
  }

  get units(): readonly Unit[] {
    return this.#units;
  }

  /**
   * How many units would be known to have ended if the text were its first `offset` code units and then `following`. Costs no more than
   * reading the line at `offset`.
   */
  closedWith(offset: number, following: string): number {
    const { position, seen, closed, start, state } = this.#checkpoints[lastIndexWithin(this.#checkpoints, offset)]!;
    const known = closedUnitCount(this.#units, offset);
    if (offset - position > LONGEST_TAIL) return known;
    // One character more than is looked at: a place that is not the text's beginning must not look like it.
    const base = Math.max(0, Math.max(start, position - LOOK_BACK) - 1);
    const tail = this.#text.slice(base, offset) + following;
    const splitter = new Splitter(tail, state, position - base, start - base, Math.max(0, seen - base));
    while (splitter.step());
    return closed + splitter.units.length;
  }

  /**
   * Replaces [start, end) of the text, in UTF-16 code units, and says which units changed. Splitting restarts at the last checkpoint that
   * had seen nothing of what is replaced, and stops where the state is again what it was there before the edit.
   * @throws RangeError if [start, end) is not a range of the text.
   */
  edit(start: number, end: number, replacement: string): UnitChange {
    if (!(start >= 0 && start <= end && end <= this.#text.length)) {
      throw new RangeError(`Cannot edit [${start}, ${end}) of a text of length ${this.#text.length}.`);
    }
    const text = this.#text.slice(0, start) + replacement + this.#text.slice(end);
    const shift = replacement.length - (end - start);
    const old = this.#units;
    const checkpoints = this.#checkpoints;
    const restart = lastIndexWithin(checkpoints, start);
    const { position, seen, closed, start: openStart, state } = checkpoints[restart]!;
    const splitter = new Splitter(text, state, position, openStart, seen);
    const fresh: Checkpoint[] = [];
    let meeting = restart;
    let met: Checkpoint | undefined;
    while (met === undefined && splitter.step()) {
      const before = splitter.position - shift;
      if (before >= end) {
        while (meeting < checkpoints.length && checkpoints[meeting]!.position < before) meeting++;
        const candidate = checkpoints[meeting];
        // Where nothing is open at the text's end, before or after the edit, the other may have white space there: that is for the
        // splitter to say.
        // A line at the text's beginning may mean something else than the same line further on.
        if (
          before > 0 &&
          candidate?.position === before &&
          candidate.closed < old.length &&
          splitter.start < text.length &&
          candidate.seen === splitter.seen - shift &&
          splitter.stateEquals(candidate.state)
        ) {
          met = candidate;
          continue;
        }
      }
      fresh.push({
        position: splitter.position,
        seen: splitter.seen,
        closed: closed + splitter.units.length,
        start: splitter.start,
        state: splitter.snapshot(),
      });
    }
    const units = old.slice(0, closed).concat(splitter.units);
    const rescanned = units.length;
    const oldTo = met === undefined ? old.length : met.closed;
    if (met === undefined) {
      const open = splitter.openUnit();
      if (open !== undefined) units.push(open);
    } else appendShifted(units, old, oldTo, shift, splitter.start);
    const tail = met === undefined ? [] : checkpoints.slice(meeting);
    // Where the edit was put in at a checkpoint, that one stands before it and behind it.
    if (meeting === restart && met !== undefined) tail[0] = { ...met };
    checkpoints.length = restart + 1;
    for (const each of fresh) checkpoints.push(each);
    for (const each of tail) {
      each.start = each.closed === oldTo ? splitter.start : each.start + shift;
      each.position += shift;
      each.seen += shift;
      each.closed += rescanned - oldTo;
      checkpoints.push(each);
    }
    this.#text = text;
    this.#units = units;
    const newTo = met === undefined ? units.length : rescanned;
    return changed(old, units, { from: closed, oldTo, newTo }, start, end, shift);
  }
}

/** Appends the old units from `from` on, moved by `shift`; the first of them begins at `start`. */
function appendShifted(units: Unit[], old: readonly Unit[], from: number, shift: number, start: number): void {
  for (let i = from; i < old.length; i++) {
    const unit = old[i]!;
    units.push({
      start: i === from ? start : unit.start + shift,
      end: unit.end + shift,
      kind: unit.kind,
      closedAt: unit.closedAt + shift,
    });
  }
}

/** The last checkpoint that has seen nothing at or behind `offset`. */
function lastIndexWithin(checkpoints: readonly Checkpoint[], offset: number): number {
  let low = 0;
  let high = checkpoints.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (checkpoints[middle]!.seen <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Narrows (or widens, by an open unit that the edit reached into) a range of units that were split again to those that changed. */
function changed(
  old: readonly Unit[],
  now: readonly Unit[],
  range: UnitChange,
  start: number,
  end: number,
  shift: number,
): UnitChange {
  let { from, oldTo, newTo } = range;
  const same = (a: Unit, b: Unit, by: number): boolean =>
    a.start + by === b.start && a.end + by === b.end && a.kind === b.kind && a.closedAt + by === b.closedAt;
  while (from < oldTo && from < newTo && old[from]!.end <= start && same(old[from]!, now[from]!, 0)) from++;
  if (oldTo < old.length && !(old[oldTo]!.start >= end && same(old[oldTo]!, now[newTo]!, shift))) {
    oldTo++;
    newTo++;
  }
  while (
    oldTo > from &&
    newTo > from &&
    old[oldTo - 1]!.start >= end &&
    same(old[oldTo - 1]!, now[newTo - 1]!, shift)
  ) {
    oldTo--;
    newTo--;
  }
  return { from, oldTo, newTo };
}
