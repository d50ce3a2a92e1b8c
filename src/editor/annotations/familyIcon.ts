import type { LabelInfo } from '../../engine/protocol';

/** Product icons of what a sentence does (code.visualstudio.com/api/references/icons-in-labels), so that like labels look alike in a list. */
const ICONS: Readonly<Record<NonNullable<LabelInfo['family']>, string>> = {
  topic: 'symbol-string',
  definition: 'book',
  description: 'symbol-structure',
  fact: 'graph',
  reason: 'lightbulb',
  example: 'beaker',
  comparison: 'git-compare',
  instruction: 'play',
  requirement: 'law',
  warning: 'warning',
  advice: 'thumbsup',
  proposal: 'target',
  question: 'question',
  event: 'history',
  scene: 'eye',
  speech: 'comment',
  people: 'person',
  reference: 'link',
  item: 'list-unordered',
  code: 'code',
};

/** Name of a label's icon; undefined where its family is not known. */
export function familyIcon(label: LabelInfo | undefined): string | undefined {
  return label?.family && ICONS[label.family];
}
