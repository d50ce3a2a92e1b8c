import * as vscode from 'vscode';
import type { PlanNode, StepNode } from './planTree';

/** The kind of data that is dragged: only within this tree. */
const MIME = 'application/vnd.code.tree.planwright.plan';

/** Moves pinned steps to where they are dropped. */
export class PinDragAndDrop implements vscode.TreeDragAndDropController<PlanNode> {
  readonly dragMimeTypes = [MIME];
  readonly dropMimeTypes = [MIME];

  /** @param move takes a pinned step to another index */
  constructor(private readonly move: (step: StepNode, to: number) => void) {}

  handleDrag(nodes: readonly PlanNode[], data: vscode.DataTransfer): void {
    const [node] = nodes;
    if (node?.kind === 'step' && node.pinned) data.set(MIME, new vscode.DataTransferItem(node));
  }

  handleDrop(target: PlanNode | undefined, data: vscode.DataTransfer): void {
    const step = data.get(MIME)?.value as StepNode | undefined;
    if (step === undefined || target?.kind !== 'step') return;
    this.move(step, target.index);
  }
}
