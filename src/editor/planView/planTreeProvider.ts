import * as vscode from 'vscode';
import type { DocumentState } from '../documents/documentState';
import { LABELS_PER_UNIT } from '../documents/planFetcher';
import type { Services } from '../services';
import { NextBook } from './nextBook';
import { OutlineBook, type OutlineChange } from './outlineBook';
import { nextSteps, otherSteps, type PlanNode } from './planTree';
import { trainingItem, treeItem } from './treeItems';

const NEXT: PlanNode = { kind: 'next', id: 'next' };
const TRAINING: PlanNode = { kind: 'training', id: 'training' };

/** The plan of a document as a tree: what comes next, then the outline. Computes only what the editor asks for. */
export class PlanTreeProvider implements vscode.TreeDataProvider<PlanNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<PlanNode | PlanNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly next: NextBook;
  /** The nodes that the editor holds, by name: it knows them by identity. */
  private readonly given = new Map<string, PlanNode>();
  private book: OutlineBook | undefined;
  private offset = 0;
  private isTraining = false;

  constructor(private readonly services: Services) {
    const { log } = services;
    this.next = new NextBook(LABELS_PER_UNIT, (error) => log.debug(`No next steps: ${error.message}`));
  }

  /** The document's state and the place of the cursor become what is shown. */
  show(state: DocumentState | undefined, offset: number): void {
    this.offset = offset;
    if (this.book?.state !== state) {
      this.book = state && new OutlineBook(state);
      this.given.clear();
      this.changed.fire(undefined);
      return;
    }
    if (this.book === undefined) return;
    const change: OutlineChange = this.book.update(this.book.unitAt(offset));
    if (change === 'all') this.changed.fire(undefined);
    else this.fire([NEXT, ...change]);
  }

  /** Pins changed, or what is known of the next steps. */
  showNext(): void {
    this.fire([NEXT]);
  }

  /** Names of labels changed, for another model was opened. */
  showLabels(): void {
    this.next.forget();
    this.changed.fire(undefined);
  }

  /** What is being fine-tuned went on, began or ended. */
  showTraining(): void {
    const isTraining = this.services.fineTuning.words !== undefined;
    if (isTraining !== this.isTraining) this.changed.fire(undefined);
    else if (isTraining) this.fire([TRAINING]);
    this.isTraining = isTraining;
  }

  /** The node of the sentence at the cursor. */
  get here(): PlanNode | undefined {
    return this.book?.at(this.offset);
  }

  /** Where a block or sentence of the outline stands in the document now. */
  spanOf(id: string): { readonly start: number; readonly end: number } | undefined {
    const given = this.given.get(id);
    return given?.kind === 'section' || given?.kind === 'paragraph' || given?.kind === 'sentence'
      ? this.book?.spanOf(given)
      : undefined;
  }

  get top(): PlanNode {
    return NEXT;
  }

  getTreeItem(node: PlanNode): vscode.TreeItem {
    const { book } = this;
    if (node.kind === 'training') return trainingItem(this.services.fineTuning.words);
    if (book === undefined) return new vscode.TreeItem('…');
    return treeItem(node, { book, labels: this.services.labels, current: book.unitAt(this.offset) });
  }

  async getChildren(node?: PlanNode): Promise<PlanNode[]> {
    const children = await this.childrenOf(node);
    for (const child of children) this.given.set(child.id, child);
    return children;
  }

  getParent(node: PlanNode): PlanNode | undefined {
    if (node.kind === 'next' || node.kind === 'training') return undefined;
    if (node.kind === 'step') return NEXT;
    return this.book?.above(node);
  }

  dispose(): void {
    this.next.stop();
    this.changed.dispose();
  }

  private async childrenOf(node: PlanNode | undefined): Promise<PlanNode[]> {
    const { book } = this;
    const training = this.services.fineTuning.words === undefined ? [] : [TRAINING];
    if (book === undefined) return node === undefined ? training : [];
    switch (node?.kind) {
      case undefined:
        return [...training, NEXT, ...book.under(undefined)];
      case 'training':
        return [];
      case 'next':
        return this.steps(book.state);
      case 'step':
        return otherSteps(node);
      case 'section':
        return book.under(node);
      case 'paragraph':
        return book.sentences(node);
      case 'sentence':
        return [];
    }
  }

  private async steps(state: DocumentState): Promise<PlanNode[]> {
    const offset = Math.min(this.offset, state.text.length);
    const { pins, never } = state.steering.wishes(offset);
    return nextSteps(state.key, pins, await this.next.steps(state, offset, never));
  }

  private fire(nodes: readonly PlanNode[]): void {
    const known = nodes.flatMap(({ id }) => this.given.get(id) ?? []);
    if (known.length > 0) this.changed.fire(known);
  }
}
