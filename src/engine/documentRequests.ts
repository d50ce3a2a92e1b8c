import { CancelledError } from '../writing/cancellation';
import { reasonSentence } from '../writing/reasons';
import type { DocumentSession } from '../writing/session';
import { completeOptions } from './completeOptions';
import type { Documents } from './documents';
import type { ModelHolder } from './modelHolder';
import { Priority } from './priority';
import type {
  CompleteParams,
  CompleteReply,
  InfluenceParams,
  InfluenceReply,
  NextParams,
  NextReply,
  PlanParams,
  PlanReply,
  Silence,
} from './protocol';
import { short, shortLabels } from './round';

/**
 * What is asked about documents. A reply is always about the text as it was when the request came: an edit that comes meanwhile ends the
 * request as cancelled (a completion as one with nothing to show).
 */
export class DocumentRequests {
  private readonly priority = new Priority();

  constructor(
    private readonly holder: ModelHolder,
    private readonly documents: Documents,
  ) {}

  /** @throws {CancelledError} when cancelled or overtaken by an edit */
  plan(
    { key, top }: PlanParams,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<PlanReply> {
    return this.withSession(key, (session, check) =>
      this.priority.patient(signal, async (turn) => {
        check();
        const units = await session.plan({ top, signal: turn, onProgress });
        check();
        const next = await session.next(session.text.length, { top, signal: turn });
        check();
        return {
          units: units.map(({ start, end, kind, label, predicted, surprisal }) => ({
            start,
            end,
            kind,
            label,
            predicted: shortLabels(predicted),
            surprisal: short(surprisal),
          })),
          next: next.map(shortLabels),
        };
      }),
    );
  }

  /** @throws {CancelledError} when cancelled or overtaken by an edit */
  next({ key, offset, top, never }: NextParams, signal: AbortSignal): Promise<NextReply> {
    return this.withSession(key, (session, check) =>
      this.priority.urgent(async () => {
        const steps = await session.next(offset, { top, never, signal });
        check();
        return { steps: steps.map(shortLabels) };
      }),
    );
  }

  /** @throws {CancelledError} when cancelled or overtaken by an edit */
  influence({ key, units }: InfluenceParams, signal: AbortSignal): Promise<InfluenceReply> {
    return this.withSession(key, (session, check) =>
      this.priority.patient(signal, async (turn) => {
        check();
        const found = await session.influences(units, { signal: turn });
        check();
        return {
          influences: found.map(({ unit, label, probability, sources }) => ({
            unit,
            label,
            probability: short(probability),
            sources: sources.map((source) => ({ unit: source.unit, without: short(source.without) })),
          })),
        };
      }),
    );
  }

  /** @throws {CancelledError} when cancelled */
  async complete(
    params: CompleteParams,
    signal: AbortSignal,
    onPartial: ((text: string) => void) | undefined,
  ): Promise<CompleteReply> {
    const began = performance.now();
    try {
      return await this.withSession(params.key, (session) =>
        this.priority.urgent(async () => {
          const result = await session.complete(params.offset, completeOptions(params, signal, onPartial));
          if (signal.aborted) throw new CancelledError();
          const { completions, reason, milliseconds } = result;
          return {
            completions: completions.map(({ text, labels, confidence }) => ({
              text,
              labels: labels.map(({ id, probability, pinned }) => ({ id, probability: short(probability), pinned })),
              confidence: short(confidence),
            })),
            reason: reason && { kind: reason.kind, sentence: reasonSentence(reason) },
            milliseconds: {
              plan: Math.round(milliseconds.plan),
              first: milliseconds.first === null ? null : Math.round(milliseconds.first),
              total: Math.round(milliseconds.total),
            },
          };
        }),
      );
    } catch (error) {
      if (signal.aborted || !(error instanceof CancelledError)) throw error;
      return nothing({ kind: 'document-changed', sentence: reasonSentence({ kind: 'document-changed' }) }, began);
    }
  }

  /** Opens the model and gives the session of a document, if its text is still the one that was asked about. */
  private async withSession<T>(
    key: string,
    work: (session: DocumentSession, check: () => void) => Promise<T>,
  ): Promise<T> {
    const revision = this.documents.revision(key);
    const check = (): void => {
      if (this.documents.revision(key) !== revision) throw new CancelledError('The document changed.');
    };
    return this.holder.use(async ({ model }) => {
      check();
      return work(this.documents.session(key, model), check);
    });
  }
}

function nothing(reason: Silence, began: number): CompleteReply {
  const total = Math.round(performance.now() - began);
  return { completions: [], reason, milliseconds: { plan: 0, first: null, total } };
}
