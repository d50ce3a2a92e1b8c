import type { SimpleReason } from '../reasons';
import { lineBefore, type FilterContext, type Verdict } from './filter';

/**
 * Cuts a completion before its first line that is not to be there, or drops it where that is its first.
 * @param isUnfit of a whole line, with what stands before the cursor on it, given the lines before it; `index` 0 is the line that the cursor stands in
 */
export function cutBeforeLine(
  text: string,
  context: FilterContext,
  isUnfit: (line: string, earlier: readonly string[], index: number) => boolean,
  drop: SimpleReason,
): Verdict {
  const line = lineBefore(context);
  const own = (line + text).split('\n');
  const earlier = context.before
    .slice(0, context.before.length - line.length)
    .split('\n')
    .slice(0, -1);
  const at = own.findIndex((each, i) => isUnfit(each, [...earlier, ...own.slice(0, i)], i));
  if (at < 0) return { text };
  const kept = own.slice(0, at).join('\n').slice(line.length).trimEnd();
  return kept === '' ? { drop } : { text: kept };
}
