import { withoutFrontMatter } from './frontMatter';
import type { TextFile } from './generated';

/** Lines of a file in which a notice about the whole of it stands. */
const HEAD_LINES = 20;
const FIRST_LINES = 5;
const FOOT_LINES = 3;
/** A longer line is a paragraph. */
const LONGEST = 240;

/** Comments of HTML, MDX, Markdown ("[//]: # (…)") and reStructuredText. */
const COMMENT = /^\s*(?:<!--|\{\/\*|\[(?:\/\/|comment)\]:|\.\. (?!\S+::)|\/\/)/i;
/** Of the languages in front matter; elsewhere it is a heading. */
const COMMENT_IN_FRONT_MATTER = /^\s*#/;
const IN_COMMENT =
  /@generated\b|\b(?:auto-?|automatically )\s?(?:generated|created)\b|\bgenerated (?:by|from|with|using|automatically|file)\b|\b(?:do not|don['’]t) (?:edit|modify|change)\b/i;
/** Such a comment is about a part of the file: a table of contents or a list that a tool keeps up to date in a text that a person writes. */
const ABOUT_A_PART = /\b(?:section|toc|contents|list|block|start|begin|end|below|above|between|badges?|table)\b/i;
const IN_FRONT_MATTER = /^(?:auto-?_?)?generated:\s*true\s*$/i;
/** A sentence of the text itself must say it of this very file. */
const IN_TEXT =
  /\bthis (?:file|page|document|documentation|reference)\b.{0,40}\b(?:is|was|were|has been) (?:\w+ )?(?:auto-?\s?generated|automatically (?:generated|created)|generated (?:by|from|automatically|with|using))\b|@generated\b|\bcode generated\b.*\bdo not edit\b/i;
/** The signature that a tool leaves at the foot, not in a quotation. */
const SIGNATURE =
  /^[#*_\s-]*(?:(?:auto-?\s?|automatically )?generated (?:by|with|using|from|on)|auto-?\s?generated)\b/i;

/** Whether a file says of itself that a program wrote it: in a comment or a sentence at its head, in front matter, or by a signature at its foot. */
export function hasGeneratedNotice({ text }: TextFile): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const head = joinComments(lines.slice(0, HEAD_LINES));
  const front = text.slice(0, text.length - withoutFrontMatter(text).length).split('\n');
  return (
    front.some((line) => COMMENT_IN_FRONT_MATTER.test(line) && isNotice(line)) ||
    head.some((line) => IN_FRONT_MATTER.test(line) || (COMMENT.test(line) && isNotice(line))) ||
    head.slice(0, FIRST_LINES).some((line) => line.length <= LONGEST && IN_TEXT.test(line)) ||
    lines.slice(-FOOT_LINES).some((line) => line.length <= LONGEST && SIGNATURE.test(line))
  );
}

function isNotice(comment: string): boolean {
  return IN_COMMENT.test(comment) && !ABOUT_A_PART.test(comment);
}

/** Lines, an HTML comment of several lines as one. */
function joinComments(lines: readonly string[]): string[] {
  const out: string[] = [];
  let open = false;
  for (const line of lines) {
    out.push(open ? `${out.pop() ?? ''} ${line}` : line);
    open = (open || line.includes('<!--')) && !line.includes('-->');
  }
  return out;
}
