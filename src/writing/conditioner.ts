import { mixtureFor, type Conditioning } from '../model/conditioning';
import type { PlannerLM } from '../model/plannerLm';
import type { PlanVector } from './lmContext';
import type { PlanRow } from './planTable';

/** What can condition a text that is still being written: all but the true labels of the future. */
export type LiveConditioning = Exclude<Conditioning, 'oracle'>;

/** Turns plans into what the LM's adapter adds, each plan once. */
export class Conditioner {
  private readonly byRow = new WeakMap<PlanRow, PlanVector>();
  private readonly byLabel = new Map<number, PlanVector>();
  /** A plan's last variant without certain labels: the same question gives the same object. */
  private readonly variants = new WeakMap<PlanRow, { key: string; row: PlanRow }>();
  private constant: PlanVector | undefined;

  constructor(
    private readonly model: PlannerLM,
    readonly conditioning: LiveConditioning,
  ) {}

  /** Vectors for plans; the same row gives the same object. */
  async ofRows(rows: readonly PlanRow[]): Promise<PlanVector[]> {
    if (this.conditioning !== 'soft' && this.conditioning !== 'hard') {
      this.constant ??= (await this.vectors(1))[0]!;
      const { constant } = this;
      return rows.map(() => constant);
    }
    const missing = [...new Set(rows.filter((row) => !this.byRow.has(row)))];
    if (missing.length > 0) {
      const labels = this.model.labels.count;
      const probabilities = new Float32Array(missing.length * labels);
      for (const [i, row] of missing.entries()) probabilities.set(row.step(0), i * labels);
      const vectors = await this.vectors(missing.length, probabilities);
      for (const [i, row] of missing.entries()) this.byRow.set(row, vectors[i]!);
    }
    return rows.map((row) => this.byRow.get(row)!);
  }

  /** A plan without certain labels, as {@link PlanRow.without}; the same object as long as the same ones are asked for. */
  without(row: PlanRow, labels: readonly number[]): PlanRow {
    if (labels.length === 0) return row;
    const key = [...labels].sort((a, b) => a - b).join();
    const known = this.variants.get(row);
    if (known?.key === key) return known.row;
    const variant = row.without(labels);
    this.variants.set(row, { key, row: variant });
    return variant;
  }

  /** The vector of one label alone, whatever the plan says. */
  async ofLabel(label: number): Promise<PlanVector> {
    let vector = this.byLabel.get(label);
    if (vector === undefined) {
      const mixture = mixtureFor('oracle', { labels: this.model.labels.count, units: 1, gold: Int32Array.of(label) });
      vector = { values: await this.model.planVectors(mixture) };
      this.byLabel.set(label, vector);
    }
    return vector;
  }

  private async vectors(units: number, probabilities?: Float32Array): Promise<PlanVector[]> {
    const mixture = mixtureFor(this.conditioning, {
      labels: this.model.labels.count,
      units,
      fixedLabel: this.model.config.adapter.fixedLabel,
      ...(probabilities && { probabilities }),
    });
    const values = await this.model.planVectors(mixture);
    const size = values.length / units;
    return Array.from({ length: units }, (_, i) => ({ values: values.slice(i * size, (i + 1) * size) }));
  }
}
