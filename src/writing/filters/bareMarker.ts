import type { Filter } from './filter';

/** Lines at the end that hold no more than what begins a block: quote marks and a bullet, a number, a heading's marks or the box of a task. */
const BARE = /(?:\n[ \t>]*(?:[-*+>]|\d{1,9}[.)]|#{1,6})(?:[ \t]+\[[ xX]?\]?)?[ \t]*)+$/;

/** Takes the marker of a next list item, heading or quote off the end of a completion that was cut before its text. */
export const trimMarker: Filter = (text) => (BARE.test(text) ? { text: text.replace(BARE, '').trimEnd() } : { text });
