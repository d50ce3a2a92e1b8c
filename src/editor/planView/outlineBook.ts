import type { Paragraph } from '../../text/paragraphs';
import { closedUnitCount, type Unit } from '../../text/units';
import { paragraphBefore, paragraphsAt } from '../annotations/paragraphCache';
import type { DocumentState } from '../documents/documentState';
import { LARGEST_ANNOTATED } from '../limits';
import { OutlineIds } from './outlineIds';
import { headingAbove, headingLevel, outline, type BlockNode, type SentenceNode } from './planTree';

/** What of the tree is to be shown anew: all of it, or these paragraphs. */
export type OutlineChange = 'all' | readonly BlockNode[];

/** Outlines that are too long to list, and those of no document, are empty. */
const EMPTY: readonly Paragraph[] = [];

/** The outline of one document, kept in step with it: what stands under what, under names that stay. */
export class OutlineBook {
  private readonly ids: OutlineIds;
  private paragraphs: readonly Paragraph[] = EMPTY;
  /** What the paragraphs are made of: the editor asks between an edit and the update that follows it, too. */
  private text = '';
  private units: readonly Unit[] = [];
  private labels: readonly (number | undefined)[] = [];
  private names: readonly string[] = [];
  /** Of each paragraph its place in the outline, and all that is shown of it. */
  private structure: readonly string[] = [];
  private shown: readonly string[] = [];

  constructor(readonly state: DocumentState) {
    this.ids = new OutlineIds(state.key);
    this.update(undefined);
  }

  /** Whether the document is too large to list. */
  get isTooLarge(): boolean {
    return this.state.text.length > LARGEST_ANNOTATED;
  }

  /** Takes over the document as it is now, with the cursor in unit `current`; says what changed. */
  update(current: number | undefined): OutlineChange {
    const { state } = this;
    const { text, plan } = state;
    const { units } = state.units;
    const before = { structure: this.structure, shown: this.shown };
    this.text = text;
    this.units = units;
    this.labels = units.map((_, unit) => plan.of(unit)?.label);
    this.paragraphs = this.isTooLarge ? EMPTY : paragraphsAt(state);
    const texts = this.paragraphs.map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`);
    this.names = this.ids.of(texts);
    this.structure = this.paragraphs.map(
      (paragraph, n) => `${this.names[n]!} ${this.level(paragraph)} ${paragraph.kind}`,
    );
    this.shown = this.paragraphs.map(({ from, to, start, end }) => {
      const labels = this.labels.slice(from, to);
      const lengths = units.slice(from, to).map((unit) => unit.end - unit.start);
      const here = current !== undefined && current >= from && current < to ? current - from : '';
      return `${here} ${labels.join()} ${lengths.join()} ${text.slice(start, end)}`;
    });
    const isSame =
      before.structure.length === this.structure.length &&
      this.structure.every((line, n) => line === before.structure[n]);
    if (!isSame) return 'all';
    return this.shown.flatMap((line, n) => (line === before.shown[n] ? [] : [this.block(n)]));
  }

  /** The blocks directly under one, or at the top. */
  under(block: BlockNode | undefined): BlockNode[] {
    const heading = block === undefined ? -1 : this.indexOf(block);
    return outline(this.paragraphs, (paragraph) => this.level(paragraph), heading).map((index) => this.block(index));
  }

  sentences(block: BlockNode): SentenceNode[] {
    const { from, to } = this.paragraphs[this.indexOf(block)] ?? { from: 0, to: 0 };
    return Array.from({ length: to - from }, (_, n) => ({
      kind: 'sentence',
      id: `${block.id} sentence ${n}`,
      block,
      index: n,
    }));
  }

  /** The unit of a sentence, as the document is now; undefined where it is gone. */
  unitOf({ block, index }: SentenceNode): number | undefined {
    const { from, to } = this.paragraphs[this.indexOf(block)] ?? { from: 0, to: 0 };
    return from + index < to ? from + index : undefined;
  }

  /** Where a node stands in the document as it is now, without white space around it; undefined where it is gone. */
  spanOf(node: BlockNode | SentenceNode): { readonly start: number; readonly end: number } | undefined {
    const unit = node.kind === 'sentence' ? this.unitOf(node) : undefined;
    const span = node.kind === 'sentence' ? this.units[unit ?? -1] : this.paragraph(node);
    if (span === undefined) return undefined;
    const text = this.state.text.slice(span.start, span.end);
    return { start: span.start + text.length - text.trimStart().length, end: span.start + text.trimEnd().length };
  }

  above(node: BlockNode | SentenceNode): BlockNode | undefined {
    if (node.kind === 'sentence') return this.blockNow(node.block);
    const heading = headingAbove(this.paragraphs, (paragraph) => this.level(paragraph), this.indexOf(node));
    return heading < 0 ? undefined : this.block(heading);
  }

  paragraph(block: BlockNode): Paragraph | undefined {
    return this.paragraphs[this.indexOf(block)];
  }

  /** What stood between two offsets at the last update. */
  textBetween(start: number, end: number): string {
    return this.text.slice(start, end);
  }

  /** A unit and its label, as they were at the last update; undefined where there was none. */
  unit(unit: number): { readonly start: number; readonly end: number; readonly label: number | undefined } | undefined {
    const found = this.units[unit];
    return found && { start: found.start, end: found.end, label: this.labels[unit] };
  }

  /** The sentence or heading at an offset, or before it. */
  at(offset: number): BlockNode | SentenceNode | undefined {
    const paragraph = paragraphBefore(this.paragraphs, offset);
    if (paragraph === undefined || paragraph.kind === 'other') return undefined;
    const block = this.block(this.paragraphs.indexOf(paragraph));
    if (block.kind === 'section') return block;
    const unit = Math.max(paragraph.from, Math.min(this.unitAt(offset), paragraph.to - 1));
    return this.sentences(block)[unit - paragraph.from];
  }

  /** The unit that an offset lies in; behind the last one that one. */
  unitAt(offset: number): number {
    const { units } = this.state.units;
    return Math.min(closedUnitCount(units, offset), units.length - 1);
  }

  private blockNow(block: BlockNode): BlockNode | undefined {
    const index = this.indexOf(block);
    return index < 0 ? undefined : this.block(index);
  }

  private block(paragraph: number): BlockNode {
    const kind = this.level(this.paragraphs[paragraph]!) > 0 ? 'section' : 'paragraph';
    return { kind, id: `${kind} ${this.names[paragraph]!}`, paragraph };
  }

  /** Where a block is now: the node may be from before an edit. */
  private indexOf({ id, kind, paragraph }: BlockNode): number {
    const name = id.slice(kind.length + 1);
    return this.names[paragraph] === name ? paragraph : this.names.indexOf(name);
  }

  private level({ from }: Paragraph): number {
    return headingLevel(this.units[from]!.kind);
  }
}
