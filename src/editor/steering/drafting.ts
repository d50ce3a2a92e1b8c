import type { Silence } from '../../engine/protocol';
import type { DocumentState } from '../documents/documentState';
import { withEol, type Eol } from '../withEol';
import { stepsAhead } from './ahead';
import { unitWritten } from './target';
import { closedUnitCount } from '../../text/units';

/** Tokens of one sentence: more than nearly all sentences have. */
const SENTENCE_TOKENS = 64;
/** The text goes on with a new paragraph. */
const BREAK = /^[^\S\n]*\r?\n[^\S\n]*\r?\n/;

/** What is to be written. */
export interface DraftOrder {
  readonly state: DocumentState;
  readonly offset: number;
  /** The document's line ends. */
  readonly eol: Eol;
  /** How many sentences. */
  readonly sentences: number;
  /** What the first one shall be, whatever is pinned. */
  readonly label: number | undefined;
  /** Puts a sentence into the document, and the state up to date; `begins` for the first. False where the document did not take it. */
  readonly insert: (offset: number, text: string, begins: boolean) => Promise<boolean>;
  readonly signal: AbortSignal;
}

export interface DraftOutcome {
  readonly sentences: number;
  /** Why there are not more; undefined where all were written, or the signal came. */
  readonly silence: Silence | undefined;
}

/**
 * Writes sentences one after another, each bound to its pin or to what the plan then holds most probable, until there are enough, the paragraph ends or the
 * engine has nothing to say. Nobody is too unsure: it was asked for.
 */
export async function draft(order: DraftOrder): Promise<DraftOutcome> {
  const { state, signal } = order;
  let { offset } = order;
  for (let n = 0; n < order.sentences; n++) {
    const written = await sentence(state, offset, n === 0 ? order.label : undefined, signal);
    if (signal.aborted) return { sentences: n, silence: undefined };
    if (typeof written !== 'string') return { sentences: n, silence: written };
    if (n > 0 && BREAK.test(written)) return { sentences: n, silence: PARAGRAPH_ENDS };
    const text = withEol(spaced(state, offset, written), order.eol);
    if (!(await order.insert(offset, text, n === 0))) return { sentences: n, silence: NOT_TAKEN };
    offset += text.length;
  }
  return { sentences: order.sentences, silence: undefined };
}

const PARAGRAPH_ENDS: Silence = { kind: 'new-paragraph', sentence: '' };
const NOT_TAKEN: Silence = { kind: 'not-taken', sentence: '' };

async function sentence(
  state: DocumentState,
  offset: number,
  label: number | undefined,
  signal: AbortSignal,
): Promise<string | Silence> {
  const { pins, never } = state.steering.at(offset);
  let bound = label === undefined ? pins : [label];
  if (bound.length === 0) {
    const [expected] = await stepsAhead(state, offset, 1, never, signal);
    bound = (expected ?? []).slice(0, 1).map(({ id }) => id);
  }
  if (signal.aborted) return PARAGRAPH_ENDS;
  const { completions, reason } = await state.engine.complete(
    { offset, pins: bound, never, gate: 'open', stop: 'sentence', alternatives: 1, maxTokens: SENTENCE_TOKENS },
    { signal },
  );
  return completions[0]?.text ?? reason ?? { kind: 'only-whitespace', sentence: '' };
}

/** A new sentence stands apart from the one that ends right before it. */
function spaced({ units }: DocumentState, offset: number, text: string): string {
  const isNew = unitWritten(units, offset) > closedUnitCount(units.units, offset);
  return isNew && /^\S/.test(text) ? ` ${text}` : text;
}
