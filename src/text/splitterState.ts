import type { UnitKind } from './kinds';
import type { HtmlEnd } from './htmlBlocks';

/** What the lines being read belong to: running text, or a block that is one unit until it ends. */
export type Mode = 'flow' | 'fence' | 'math' | 'html' | 'frontMatter' | 'indented';

/** All that the splitter remembers between two steps, apart from offsets. Two splitters in equal states split the same text alike. */
export interface SplitterState {
  mode: Mode;
  /** The open code fence or front matter: its character; of a fence also its length, its columns of indentation, and whether it stands in a quote. */
  fenceMark: number;
  fenceLength: number;
  fenceIndent: number;
  fenceQuoted: boolean;
  htmlEnd: HtmlEnd;
  /** Whether the previous line was blank. */
  blank: boolean;
  /** What an indented line behind a blank one would be: code, or of a list item, footnote or admonition (whose text are sentences). */
  indented: 'code' | 'listItem' | 'sentence';
  inQuote: boolean;
  /** Whether the next step reads on in a line (behind a sentence) or begins one. */
  inLine: boolean;
  /** Whether the current paragraph has opened a formula with `$$` and not closed it. */
  formula: boolean;
  /** The kind of the sentences of the current paragraph. */
  block: UnitKind;
  /** The open unit: its kind, whether it holds anything but white space, the backticks of its open code span, its open wide and round brackets. */
  kind: UnitKind;
  content: boolean;
  ticks: number;
  brackets: number;
  parens: number;
}

/** The state at the beginning of a document. */
export const INITIAL_STATE: SplitterState = {
  mode: 'flow',
  fenceMark: 0,
  fenceLength: 0,
  fenceIndent: 0,
  fenceQuoted: false,
  htmlEnd: 'blank',
  blank: true,
  indented: 'code',
  inQuote: false,
  inLine: false,
  formula: false,
  block: 'sentence',
  kind: 'sentence',
  content: false,
  ticks: 0,
  brackets: 0,
  parens: 0,
};
