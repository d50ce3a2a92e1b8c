import type { Advance } from './offers';

/** What an edit of the writer's was, as far as one can tell from the edit alone. */
export type Keystroke = 'typed' | 'accepted-part' | 'accepted-whole' | 'other';

/** An edit as the editor tells of it. */
export interface Change {
  readonly replaced: number;
  readonly inserted: string;
}

/** Fewer characters at once are typed; the editor accepts words. */
const SHORTEST_WORD = 2;

/**
 * The editor does not say that a part of a suggestion was accepted. But who types inserts one character at a time: more of them, just as the suggestion has them,
 * were accepted.
 */
export function keystrokeOf(changes: readonly Change[], advance: Advance, undone: boolean): Keystroke {
  if (undone || changes.length !== 1) return 'other';
  const { replaced, inserted } = changes[0]!;
  const isCharacter = /^(?:\r\n|.)$/su.test(inserted);
  if (advance.kind !== 'none' && advance.by >= SHORTEST_WORD && inserted.length >= advance.by && !isCharacter) {
    return advance.kind === 'finished' ? 'accepted-whole' : 'accepted-part';
  }
  // A line break may bring indentation or a list marker along.
  const isKey = inserted === '' || isCharacter ? replaced <= 1 : /^\r?\n[ \t>]*(?:[-*+] |\d+[.)] )?$/.test(inserted);
  return isKey ? 'typed' : 'other';
}
