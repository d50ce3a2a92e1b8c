import type { Place } from './place';

/** Where a suggestion is wanted. */
export interface Spot {
  readonly place: Place;
  /** What steers here a suggestion that was made for an earlier offset, as one string. */
  readonly steeringSince: (offset: number) => string;
}

/** A suggestion that is wanted: where, and under what conditions. */
export interface Wish extends Spot {
  /** What it depends on besides the text and the steering, as one string. */
  readonly conditions: string;
}
