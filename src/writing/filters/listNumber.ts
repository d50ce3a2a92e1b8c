import { lineBefore, type Filter } from './filter';
import { cutBeforeLine } from './lineCut';

const ITEM = /^([ \t>]*)(\d{1,9})([.)])[ \t]/;
const BLANK = /^[ \t>]*$/;
/** An item of any list. */
const ANY_ITEM = /^([ \t>]*)(?:[-*+]|\d{1,9}[.)])[ \t]/;
/** What ends a list: a heading, or behind a blank line what is not indented. */
const HEADING = /^[ \t>]*#{1,6}[ \t]/;
const INDENTED = /^[ \t>]/;

/**
 * Cuts a completion before an item of a numbered list whose number does not follow that of the item before it, as 1,992 of 2,002 in documents do. (Lists that count no
 * further, "1. … 1. …", are left so.)
 */
export const cutAtWrongNumber: Filter = (text, context) => {
  // The number of the line that the cursor stands in is the writer's, once it is there.
  const first = ITEM.test(lineBefore(context)) ? 1 : 0;
  return cutBeforeLine(text, context, (line, earlier, i) => i >= first && !follows(line, earlier), 'wrong-number');
};

/** Whether a line is no item of a numbered list, or the first one, or has the number that is due. */
function follows(line: string, earlier: readonly string[]): boolean {
  const [, indent, number, mark] = ITEM.exec(line) ?? [];
  if (number === undefined) return true;
  const numbers: number[] = [];
  for (let i = earlier.length - 1; i >= 0 && numbers.length < 2; i--) {
    const [, otherIndent, other, otherMark] = ITEM.exec(earlier[i]!) ?? [];
    if (other !== undefined && otherIndent === indent && otherMark === mark) numbers.push(Number(other));
    else if (endsList(earlier, i, indent!)) break;
  }
  const [last, before = last] = numbers;
  return last === undefined || Number(number) === last + 1 || (Number(number) === last && before === last);
}

function endsList(lines: readonly string[], at: number, indent: string): boolean {
  const line = lines[at]!;
  if (BLANK.test(line)) return false;
  if (HEADING.test(line)) return true;
  // An item of a list that this one is in.
  const [, outer] = ANY_ITEM.exec(line) ?? [];
  if (outer !== undefined) return outer.length < indent.length;
  return !INDENTED.test(line) && BLANK.test(lines[at - 1] ?? '');
}
