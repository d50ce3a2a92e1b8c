import type { Disposable, EngineDocument } from '../../engine/engine';
import type { TextEdit } from '../../engine/protocol';
import { UnitDocument } from '../../text/units';
import { Signal } from '../signal';
import { Steering } from '../steering/steering';
import { PlanState } from './planState';

/** All that the editor keeps of a Markdown document: its units, its plan as far as known, what the writer has pinned, and the engine's end of it. */
export class DocumentState implements Disposable {
  readonly units: UnitDocument;
  #plan: PlanState;
  readonly steering: Steering;
  /** A new plan has come. */
  readonly planned = new Signal<void>();
  private edits = 0;

  constructor(
    readonly key: string,
    text: string,
    readonly engine: EngineDocument,
  ) {
    this.units = new UnitDocument(text);
    this.steering = new Steering(this.units);
    this.#plan = new PlanState(this.units.units.length);
  }

  get plan(): PlanState {
    return this.#plan;
  }

  /** Counts the edits: equal revisions mean equal texts. */
  get revision(): number {
    return this.edits;
  }

  get text(): string {
    return this.units.text;
  }

  /** Applies edits one after another. */
  edit(edits: readonly TextEdit[]): void {
    for (const { start, end, text } of edits) {
      this.edits++;
      const removed = this.text.slice(start, end);
      this.plan.splice(this.units.edit(start, end, text));
      this.steering.edited({ start, removed, text });
      this.engine.edited(start, end, text);
    }
  }

  /** The text became another in ways that are not known as edits. */
  reset(text: string): void {
    this.edits++;
    const before = this.text;
    this.plan.splice(this.units.edit(0, before.length, text));
    this.steering.replaced(before);
    this.engine.reset();
  }

  /** Asks the engine for the plan and takes it over, unless the text changed meanwhile. @returns whether it was taken over */
  async refreshPlan(top: number, signal: AbortSignal): Promise<boolean> {
    const revision = this.edits;
    const plan = await this.engine.plan(top, signal);
    // The editor's units and the engine's are made by the same rule; were they to differ, an annotation would stand at the wrong sentence.
    if (revision !== this.edits || plan.units.length !== this.units.units.length) return false;
    this.plan.set(plan);
    this.planned.emit();
    return true;
  }

  /** What is known of the plan is another model's. */
  forgetPlan(): void {
    this.#plan = new PlanState(this.units.units.length);
    this.planned.emit();
  }

  dispose(): void {
    this.engine.dispose();
  }
}
