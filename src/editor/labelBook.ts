import type { Engine } from '../engine/engine';
import type { LabelInfo } from '../engine/protocol';
import { Signal } from './signal';

/** What the model's labels are called. Read once per model; empty until a model has been opened. */
export class LabelBook {
  readonly changed = new Signal<void>();
  /** The labels are another model's: what was said of the earlier ones means nothing now. (Fine-tuning keeps the labels.) */
  readonly replaced = new Signal<void>();
  private labels: readonly LabelInfo[] = [];
  private weightsId: string | undefined;

  constructor(engine: Engine, onFailure: (error: Error) => void) {
    engine.onDidChangeState((state) => {
      if (state.kind !== 'ready' || state.info.weightsId === this.weightsId) return;
      const { weightsId } = state.info;
      this.weightsId = weightsId;
      engine.labels().then(
        (labels) => {
          const isOther = this.labels.length > 0 && !sameNames(this.labels, labels);
          this.labels = labels;
          if (isOther) this.replaced.emit();
          this.changed.emit();
        },
        (error: unknown) => {
          this.weightsId = undefined;
          onFailure(error as Error);
        },
      );
    });
  }

  get all(): readonly LabelInfo[] {
    return this.labels;
  }

  get(id: number): LabelInfo | undefined {
    return this.labels[id];
  }

  /** The label's name; its number while the names are not known. */
  name(id: number): string {
    return this.labels[id]?.name ?? `#${id}`;
  }
}

function sameNames(a: readonly LabelInfo[], b: readonly LabelInfo[]): boolean {
  return a.length === b.length && a.every(({ name }, id) => name === b[id]?.name);
}
