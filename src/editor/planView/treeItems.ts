import * as vscode from 'vscode';
import { clip } from '../annotations/clip';
import { familyIcon } from '../annotations/familyIcon';
import { percent } from '../annotations/percent';
import { shortName } from '../annotations/shortName';
import type { LabelBook } from '../labelBook';
import type { OutlineBook } from './outlineBook';
import type { BlockNode, PlanNode, SentenceNode, StepNode, TrainingNode } from './planTree';
import type { ProgressWords } from '../training/progressWords';
import { stepTooltip } from './stepTooltip';

/** Characters of a sentence that are shown. */
const SHOWN = 60;
/** Labels of a paragraph that are shown. */
const LABELS_SHOWN = 3;
const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** What an item of the tree is made from. */
export interface TreeSituation {
  readonly book: OutlineBook;
  readonly labels: LabelBook;
  /** The unit at the cursor. */
  readonly current: number;
}

/** How a node is shown. */
export function treeItem(node: Exclude<PlanNode, TrainingNode>, situation: TreeSituation): vscode.TreeItem {
  const item = itemOf(node, situation);
  item.id = node.id;
  return item;
}

/** The row of what is being fine-tuned, with a button that stops it. */
export function trainingItem(words: ProgressWords | undefined): vscode.TreeItem {
  const { l10n } = vscode;
  const { short, line, paused } = words ?? { short: '', line: '', paused: undefined };
  const item = new vscode.TreeItem(l10n.t('Fine-tuning {0}', short), None);
  item.id = 'training';
  item.description = line;
  item.tooltip = line;
  item.iconPath = new vscode.ThemeIcon(paused === undefined ? 'sync~spin' : 'debug-pause');
  item.contextValue = 'training';
  item.accessibilityInformation = { label: l10n.t('Fine-tuning {0}. {1}', short, line) };
  return item;
}

function itemOf(node: Exclude<PlanNode, TrainingNode>, situation: TreeSituation): vscode.TreeItem {
  switch (node.kind) {
    case 'next': {
      const item = new vscode.TreeItem(vscode.l10n.t('Next'), Expanded);
      item.tooltip = vscode.l10n.t('What comes next at the cursor: what you pinned, then what is expected.');
      return item;
    }
    case 'step':
      return stepItem(node, situation);
    case 'section':
    case 'paragraph':
      return blockItem(node, situation);
    case 'sentence':
      return sentenceItem(node, situation);
  }
}

function stepItem(node: StepNode, { labels }: TreeSituation): vscode.TreeItem {
  const { l10n } = vscode;
  const name = labels.name(node.label);
  const share = node.probability === undefined ? '' : percent(node.probability);
  // The share first: in a narrow side bar it is the name that is cut off, and the hover has the whole of it.
  const title = [share, shortName(name)].filter((part) => part !== '').join(' · ');
  const item = new vscode.TreeItem(title, node.others.length > 0 ? Collapsed : None);
  item.description = node.pinned ? l10n.t('pinned') : '';
  item.iconPath = new vscode.ThemeIcon(
    node.pinned ? 'pinned' : (familyIcon(labels.get(node.label)) ?? 'circle-outline'),
  );
  // Only the next sentence can have labels excluded.
  item.contextValue = node.pinned ? 'pinned' : node.index === 0 ? 'predicted first' : 'predicted';
  item.tooltip = new vscode.MarkdownString(stepTooltip(node, labels, l10n));
  item.accessibilityInformation = {
    label: node.pinned
      ? l10n.t('Step {0}: {1}, pinned', node.index + 1, name)
      : l10n.t('Step {0}: {1}, probability {2}', node.index + 1, name, share),
  };
  return item;
}

function blockItem(node: BlockNode, { book, labels, current }: TreeSituation): vscode.TreeItem {
  const paragraph = book.paragraph(node);
  if (paragraph === undefined) return new vscode.TreeItem('…');
  const { start, end, from, to } = paragraph;
  const text = book.textBetween(start, Math.min(end, start + 4 * SHOWN));
  const isSection = node.kind === 'section';
  const isHere = current >= from && current < to;
  const title = clip(isSection ? text.replace(/^#+\s*/, '').replace(/\s*\n.*$/s, '') : text, SHOWN);
  const item = new vscode.TreeItem(title === '' ? '…' : title, isSection || isHere ? Expanded : Collapsed);
  item.iconPath = new vscode.ThemeIcon(isSection ? (isHere ? 'arrow-right' : 'symbol-string') : 'note');
  const names = Array.from({ length: isSection ? 0 : to - from }, (_, i) => book.unit(from + i)?.label);
  const named = names.slice(0, LABELS_SHOWN).flatMap((id) => (id === undefined ? [] : [shortName(labels.name(id))]));
  const more = names.length > LABELS_SHOWN && named.length > 0 ? ` +${names.length - LABELS_SHOWN}` : '';
  item.description = isSection ? (isHere ? vscode.l10n.t('here') : '') : named.join(' → ') + more;
  const kind = isSection ? vscode.l10n.t('Heading') : vscode.l10n.t('Paragraph');
  item.accessibilityInformation = {
    label: [`${kind}: ${title}`, ...(item.description === '' ? [] : [item.description])].join(', '),
  };
  item.command = reveal(node);
  return item;
}

function sentenceItem(node: SentenceNode, { book, labels, current }: TreeSituation): vscode.TreeItem {
  const unit = book.unitOf(node) ?? -1;
  const { start, end, label: id } = book.unit(unit) ?? { start: 0, end: 0, label: undefined };
  const label = id === undefined ? undefined : labels.get(id);
  const isHere = unit === current;
  const text = book.textBetween(start, end);
  const words = clip(text.slice(0, 4 * SHOWN), SHOWN);
  const name = id === undefined ? '…' : labels.name(id);
  const item = new vscode.TreeItem(shortName(name), None);
  item.description = isHere ? `${vscode.l10n.t('here')} · ${words}` : words;
  item.iconPath = new vscode.ThemeIcon(isHere ? 'arrow-right' : (familyIcon(label) ?? 'dash'));
  item.tooltip = clip(text, 400);
  item.accessibilityInformation = { label: `${name}: ${item.description}` };
  item.command = reveal(node);
  return item;
}

/** Where the node stands is asked when it is clicked: edits further up move it, and do not have it shown anew. */
function reveal({ id }: BlockNode | SentenceNode): vscode.Command {
  return { command: 'planwright.reveal', title: vscode.l10n.t('Go to Sentence'), arguments: [id] };
}
