import type { Wishes } from './steering';

/** Changes of what is wished at a place. None changes its argument. */

/** Puts a label at a step, in place of what was pinned there. Steps before it that are not pinned are left to the plan. */
export function pinned(wishes: Wishes, label: number, step = 0): Wishes {
  const pins = Array.from({ length: Math.max(wishes.pins.length, step + 1) }, (_, n) => wishes.pins[n]);
  pins[step] = label;
  return { pins, never: step === 0 ? wishes.never.filter((id) => id !== label) : wishes.never };
}

/** Takes the pin of a step away; those behind move up. */
export function unpinned(wishes: Wishes, step: number): Wishes {
  return { ...wishes, pins: wishes.pins.filter((_, index) => index !== step) };
}

/** Takes the pin of step `from` to step `to`; the order of the others stays. */
export function moved(wishes: Wishes, from: number, to: number): Wishes {
  if (from < 0 || from >= wishes.pins.length) return wishes;
  const pins = [...wishes.pins];
  const [label] = pins.splice(from, 1);
  pins.splice(Math.max(0, Math.min(to, pins.length)), 0, label);
  return { ...wishes, pins };
}

/** Brings the label of a step, pinned there or expected, before all others. */
export function broughtForward(wishes: Wishes, label: number, step: number): Wishes {
  return pinned({ ...wishes, pins: [undefined, ...unpinned(wishes, step).pins] }, label);
}

/** Forbids a label for the next sentence; where it is pinned there, the plan decides again. */
export function banned(wishes: Wishes, label: number): Wishes {
  const pins = wishes.pins.map((pin, step) => (step === 0 && pin === label ? undefined : pin));
  return { pins, never: [...wishes.never.filter((id) => id !== label), label] };
}

/** Allows a label again. */
export function allowed(wishes: Wishes, label: number): Wishes {
  return { ...wishes, never: wishes.never.filter((id) => id !== label) };
}
