import type { PlannerLM } from '../model/plannerLm';
import { DocumentSession } from '../writing/session';
import { OutOfStepError } from './failures';
import type { TextEdit } from './protocol';

interface Entry {
  /** The text; while there is a session, it has the newest. */
  text: string;
  session: DocumentSession | undefined;
  /** Counts changes of the text. */
  revision: number;
}

/** Documents whose KV caches and embeddings are kept; of the others only the text. */
const MOST_SESSIONS = 8;

/** The documents that the editor has open. */
export class Documents {
  /** In the order of their last use. */
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly mostSessions = MOST_SESSIONS) {}

  get size(): number {
    return this.entries.size;
  }

  /** Takes over a document's whole text, as new or in place of what was known of it. */
  open(key: string, text: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) this.entries.set(key, { text, session: undefined, revision: 0 });
    else {
      entry.revision++;
      if (entry.session) entry.session.setText(text);
      else entry.text = text;
    }
  }

  /** Applies edits one after another. @throws {OutOfStepError} where they do not fit; the document must be opened again */
  edit(key: string, edits: readonly TextEdit[]): void {
    const entry = this.known(key);
    entry.revision++;
    for (const { start, end, text } of edits) {
      const current = entry.session?.text ?? entry.text;
      if (!(start >= 0 && start <= end && end <= current.length)) {
        this.close(key);
        throw new OutOfStepError('An edit lies outside of the document: its whole text is needed again.');
      }
      if (entry.session) entry.session.edit(start, end, text);
      else entry.text = current.slice(0, start) + text + current.slice(end);
    }
  }

  close(key: string): void {
    this.entries.delete(key);
  }

  /** Equal revisions mean equal texts. @throws {OutOfStepError} for a document that is not open */
  revision(key: string): number {
    return this.known(key).revision;
  }

  /** The document's session with a model: made anew where there is none yet, or only one of another model. @throws {OutOfStepError} */
  session(key: string, model: PlannerLM): DocumentSession {
    const entry = this.known(key);
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (entry.session?.model !== model) {
      entry.session = new DocumentSession(model, entry.session?.text ?? entry.text);
      entry.text = '';
      this.dropOldest();
    }
    return entry.session;
  }

  /** Forgets all that was made with the model. */
  dropSessions(): void {
    for (const entry of this.entries.values()) drop(entry);
  }

  private dropOldest(): void {
    const live = [...this.entries.values()].filter(({ session }) => session !== undefined);
    for (const entry of live.slice(0, Math.max(0, live.length - this.mostSessions))) drop(entry);
  }

  private known(key: string): Entry {
    const entry = this.entries.get(key);
    if (entry === undefined) throw new OutOfStepError('The document is not open: its whole text is needed.');
    return entry;
  }
}

function drop(entry: Entry): void {
  if (entry.session) entry.text = entry.session.text;
  entry.session = undefined;
}
