import { EngineCancelled } from '../../engine/engine';
import type { LabelProbability } from '../../engine/protocol';
import type { DocumentState } from '../documents/documentState';
import { stepsAhead } from '../steering/ahead';
import { unitWritten } from '../steering/target';

type Steps = readonly (readonly LabelProbability[])[];

/** What is expected at the cursor, asked for once per text, sentence and bans. A later question ends the one before. */
export class NextBook {
  private known: { readonly key: string; readonly state: DocumentState; readonly steps: Steps } | undefined;
  private asking: AbortController | undefined;

  /** @param onFailure told why there is nothing */
  constructor(
    private readonly top: number,
    private readonly onFailure: (error: Error) => void,
  ) {}

  /** Where the engine does not answer, what was known of the document before; nothing is better than what is wrong, but the old is nearly right. */
  async steps(state: DocumentState, offset: number, never: readonly number[]): Promise<Steps> {
    if (state.text.trim() === '') return [];
    const key = JSON.stringify([state.revision, unitWritten(state.units, offset), never]);
    if (this.known?.state === state && this.known.key === key) return this.known.steps;
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    try {
      const steps = await stepsAhead(state, offset, this.top, never, asking.signal);
      if (this.asking === asking) this.known = { key, state, steps };
      return steps;
    } catch (error) {
      if (!(error instanceof EngineCancelled)) this.onFailure(error as Error);
      return this.known?.state === state ? this.known.steps : [];
    }
  }

  /** Forgets what is known, such as when the model is another one. */
  forget(): void {
    this.stop();
    this.known = undefined;
  }

  stop(): void {
    this.asking?.abort();
    this.asking = undefined;
  }
}
