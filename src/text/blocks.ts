import type { Nodes, Parents } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { mathFromMarkdown } from 'mdast-util-math';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import { math } from 'micromark-extension-math';

export type BlockType =
  | 'paragraph'
  | 'heading'
  | 'listItem'
  | 'quote'
  | 'table'
  | 'code'
  | 'math'
  | 'html'
  | 'frontMatter'
  | 'rule'
  | 'definition'
  | 'footnote';

/** A leaf block of Markdown: what an editor calls a paragraph. */
export interface Block {
  /** UTF-16 offsets of its text, without the markers of the quote or list item it is in, but for a list item's own bullet. */
  readonly start: number;
  readonly end: number;
  /** A paragraph in a list item, quote or footnote has the type of the innermost of these. */
  readonly type: BlockType;
  /** How many quotes, lists and footnotes it is in. */
  readonly depth: number;
}

/** YAML, and TOML as Hugo has it; both become the one node that mdast's types know. */
const FRONT_MATTER = ['-', '+'].map((marker) => ({ type: 'yaml', marker }));

type Container = 'listItem' | 'quote' | 'footnote';

/** The leaf blocks of a Markdown text (CommonMark, GFM, front matter, math, footnotes) in order; they do not overlap. */
export function parseBlocks(text: string): Block[] {
  const root = fromMarkdown(text, {
    extensions: [gfm(), frontmatter(FRONT_MATTER), math()],
    mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown(FRONT_MATTER), mathFromMarkdown()],
  });
  const blocks: Block[] = [];
  collect(root, undefined, 0, blocks);
  return blocks;
}

/** Adds the leaf blocks of `parent`'s children, which are `depth` containers deep, the innermost being `container`. */
function collect(parent: Parents, container: Container | undefined, depth: number, blocks: Block[]): void {
  for (const [index, node] of parent.children.entries()) {
    const inner = containerOf(node);
    if (inner !== undefined || node.type === 'list') {
      collect(node as Parents, inner ?? container, inner === undefined ? depth : depth + 1, blocks);
      continue;
    }
    const type = leafType(node, container);
    const start = node.position?.start.offset;
    const end = node.position?.end.offset;
    if (type === undefined || start === undefined || end === undefined) continue;
    // The first block of a list item takes the bullet along: a caret before the bullet's text is in this block for its writer.
    const bullet = parent.type === 'listItem' && index === 0 ? parent.position?.start.offset : undefined;
    blocks.push({ start: bullet ?? start, end, type, depth });
  }
}

function containerOf(node: Nodes): Container | undefined {
  switch (node.type) {
    case 'listItem':
      return 'listItem';
    case 'blockquote':
      return 'quote';
    case 'footnoteDefinition':
      return 'footnote';
    default:
      return undefined;
  }
}

function leafType(node: Nodes, container: Container | undefined): BlockType | undefined {
  switch (node.type) {
    case 'paragraph':
      return container ?? 'paragraph';
    case 'heading':
    case 'table':
    case 'code':
    case 'math':
    case 'html':
    case 'definition':
      return node.type;
    case 'yaml':
      return 'frontMatter';
    case 'thematicBreak':
      return 'rule';
    default:
      return undefined;
  }
}
