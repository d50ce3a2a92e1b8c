import type { LabelProbability } from '../../engine/protocol';
import type { Paragraph } from '../../text/paragraphs';
import type { UnitKind } from '../../text/units';

/** A step of what comes next at the cursor. */
export interface StepNode {
  readonly kind: 'step';
  readonly id: string;
  /** Of the document. */
  readonly uri: string;
  /** 0 for the next sentence. */
  readonly index: number;
  readonly label: number;
  readonly pinned: boolean;
  /** Undefined where the plan says nothing of it. */
  readonly probability: number | undefined;
  /** What else was expected of this step, most probable first. */
  readonly others: readonly LabelProbability[];
}

/** A heading and what stands under it, or a paragraph of prose. `paragraph` is its index in the document now, `id` its name while it lives. */
export interface BlockNode {
  readonly kind: 'section' | 'paragraph';
  readonly id: string;
  readonly paragraph: number;
}

/** A sentence, by its place in its paragraph: that is what an edit further up leaves as it is. */
export interface SentenceNode {
  readonly kind: 'sentence';
  readonly id: string;
  readonly block: BlockNode;
  readonly index: number;
}

export interface NextNode {
  readonly kind: 'next';
  readonly id: 'next';
}

/** What is being fine-tuned. */
export interface TrainingNode {
  readonly kind: 'training';
  readonly id: 'training';
}

export type PlanNode = TrainingNode | NextNode | StepNode | BlockNode | SentenceNode;

/** Tells a paragraph's level as a heading: 1 to 6, or 0 where it is none. */
export type LevelOf = (paragraph: Paragraph) => number;

export function headingLevel(kind: UnitKind): number {
  return kind.startsWith('heading') ? Number(kind.slice('heading'.length)) : 0;
}

/**
 * What stands directly under a heading (its index among the paragraphs), or under none (-1), as indices: the paragraphs of prose up to the next
 * heading, and the headings that no other heading in between is above.
 */
export function outline(paragraphs: readonly Paragraph[], level: LevelOf, heading: number): number[] {
  const own = heading < 0 ? 0 : level(paragraphs[heading]!);
  const found: number[] = [];
  let at = heading + 1;
  while (at < paragraphs.length) {
    const paragraph = paragraphs[at]!;
    const its = level(paragraph);
    if (its > 0 && its <= own) break;
    if (its > 0 || paragraph.kind === 'prose') found.push(at);
    at++;
    if (its > 0) while (at < paragraphs.length && !(level(paragraphs[at]!) > 0 && level(paragraphs[at]!) <= its)) at++;
  }
  return found;
}

/** The heading that a paragraph stands directly under; -1 where there is none. */
export function headingAbove(paragraphs: readonly Paragraph[], level: LevelOf, paragraph: number): number {
  const own = level(paragraphs[paragraph]!) || Infinity;
  let at = paragraph - 1;
  while (at >= 0 && !(level(paragraphs[at]!) > 0 && level(paragraphs[at]!) < own)) at--;
  return at;
}

/** The next steps at the cursor: of each what is pinned, else what is expected of it. */
export function nextSteps(
  uri: string,
  pins: readonly (number | undefined)[],
  steps: readonly (readonly LabelProbability[])[],
): StepNode[] {
  return Array.from({ length: Math.max(pins.length, steps.length) }, (_, index): StepNode[] => {
    const [pin, expected = []] = [pins[index], steps[index]];
    if (pin !== undefined) {
      const probability = expected.find(({ id }) => id === pin)?.probability;
      const id = `step ${index} pinned ${pin}`;
      return [{ kind: 'step', id, uri, index, label: pin, pinned: true, probability, others: [] }];
    }
    const [best, ...others] = expected;
    return best === undefined ? [] : [expectedStep(uri, index, best, others)];
  }).flat();
}

/** What else was expected of a step, each as a step that could be pinned in its place. */
export function otherSteps({ uri, index, others }: StepNode): StepNode[] {
  return others.map((other) => expectedStep(uri, index, other, []));
}

function expectedStep(
  uri: string,
  index: number,
  { id: label, probability }: LabelProbability,
  others: readonly LabelProbability[],
): StepNode {
  const rank = others.length > 0 ? 'expected' : 'possible';
  return { kind: 'step', id: `step ${index} ${rank} ${label}`, uri, index, label, pinned: false, probability, others };
}
