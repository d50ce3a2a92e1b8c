import { clip } from './clip';
import type { ParagraphNote } from './paragraphNotes';
import { UNKNOWN } from './titles';

/** Such text is not wrapped: a longer one would run out of a window of half a screen's width. */
const LONGEST = 80;
/** Of that for what comes next: a share or a pin, at its end, is not to be cut off. */
const LONGEST_NEXT = 56;
const BETWEEN = ' | ';

/** What stands on the blank line above a paragraph; undefined while there is nothing to say. What comes next is kept where not all fits. */
export function quietText({ labels, next }: Pick<ParagraphNote, 'labels' | 'next'>): string | undefined {
  if (labels === UNKNOWN) return undefined;
  const tail = clip(next, LONGEST_NEXT);
  return clip(labels, LONGEST - tail.length - BETWEEN.length) + BETWEEN + tail;
}
