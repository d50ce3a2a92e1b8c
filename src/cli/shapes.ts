import type { LabelSet } from '../model/labels';
import type { LabelProbability } from '../writing/planTable';

/** The shapes of `--json`: a contract. Offsets are UTF-16 code units into the file's text. */

export interface LabelJson {
  readonly id: number;
  readonly name: string;
}

export interface LabelProbabilityJson extends LabelJson {
  readonly probability: number;
}

export interface UnitJson {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  readonly label: LabelJson;
  /** The plan before the unit was read. */
  readonly predicted: readonly LabelProbabilityJson[];
  /** In bits. */
  readonly surprisal: number;
}

export interface ParagraphJson {
  readonly start: number;
  readonly end: number;
  /** Indices into `units`. */
  readonly units: readonly number[];
}

export interface PlanJson {
  readonly file: string;
  readonly model: string;
  readonly device: string;
  readonly units: readonly UnitJson[];
  readonly paragraphs: readonly ParagraphJson[];
  /** Steps t+1, t+2, … after the end. */
  readonly next: readonly (readonly LabelProbabilityJson[])[];
}

export interface CompleteJson {
  readonly completions: readonly {
    readonly text: string;
    readonly labels: readonly (LabelProbabilityJson & { readonly pinned: boolean })[];
    readonly confidence: number;
    readonly tokens: number;
  }[];
  /** In one word, such as "inside-code"; null where there are completions. */
  readonly reason: string | null;
  readonly milliseconds: { readonly plan: number; readonly first: number | null; readonly total: number };
}

export function named(labels: LabelSet, list: readonly LabelProbability[]): LabelProbabilityJson[] {
  return list.map(({ id, probability }) => ({ id, name: labels.get(id).name, probability }));
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
