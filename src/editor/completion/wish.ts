import type { Place } from './place';

/** A suggestion that is wanted: where, and under what conditions. */
export interface Wish {
  readonly place: Place;
  /** What it depends on besides the text and the steering, as one string. */
  readonly conditions: string;
  /** What steers here a suggestion that was made for an earlier offset, as one string. */
  readonly steeringSince: (offset: number) => string;
}
