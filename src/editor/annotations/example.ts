import { clip } from './clip';

/** A heading's marks, which say nothing to who reads an example. */
const HEADING = /^#{1,6}\s+|\s+#+$/g;
/** A sentence that is all of it in quotation marks. */
const QUOTED = /^[“"]([^“”"]+)[”"]$/;

/** A label's example, to be set in quotation marks: without those of its own, and without the marks of a heading; at most `longest` long. */
export function exampleText(example: string, longest: number): string {
  return clip(example.trim().replace(HEADING, '').replace(QUOTED, '$1'), longest);
}
