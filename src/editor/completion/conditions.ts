import type { CompleteRequest } from '../../engine/engine';
import type { ActiveSteering, Steering } from '../steering/steering';

/** Who wants a suggestion, and therefore how it is made. */
export type Mode =
  /** Nobody asked: the writer paused. */
  | 'unasked'
  /** The writer asked, and may choose. */
  | 'alternatives'
  /** The writer has just said what the next sentence shall do. */
  | 'steered'
  /** A part of a suggestion was accepted: what is left of it, or what follows. */
  | 'continued';

/** What the writer has set. */
export interface Preferences {
  readonly confidence: 'quiet' | 'balanced' | 'eager';
  readonly length: 'sentence' | 'paragraph';
  /** The shortest pause in typing, in milliseconds. */
  readonly minimumDelay: number;
  /** What the document's lines end with. */
  readonly eol: '\n' | '\r\n';
}

/** What the engine is asked for, wherever. */
export type Terms = Omit<CompleteRequest, 'offset'>;

/** Alternatives on request: as many as one can weigh against each other at a glance, and as Copilot and Tabby offer. */
const ALTERNATIVES = 3;
/**
 * About 200 characters: ghost text that wraps over many lines is hard to read, and few sentences are longer. A paragraph gets what
 * the engine has room for.
 */
const TOKENS = { sentence: 48, paragraph: 128 } as const;

/** What the engine is asked for. */
export function termsOf(mode: Mode, preferences: Preferences, { pins, never }: ActiveSteering): Terms {
  const asked = mode === 'alternatives' || mode === 'steered';
  // Alternatives are for choosing what the next sentence does. Three paragraphs would take seconds to make, and minutes to read.
  const length = mode === 'alternatives' ? 'sentence' : preferences.length;
  return {
    pins,
    never,
    gate: asked ? 'open' : preferences.confidence,
    stop: length,
    alternatives: mode === 'alternatives' ? ALTERNATIVES : 1,
    maxTokens: TOKENS[length],
  };
}

/** What a suggestion depends on besides the text and the steering, as one string. */
export function conditionsOf(weightsId: string | undefined, eol: string, { gate, stop, alternatives }: Terms): string {
  return JSON.stringify([weightsId ?? null, eol, gate, stop, alternatives]);
}

/**
 * What steers a suggestion that was made for `anchor` and is looked at from `cursor`, as one string. It is what holds at the anchor that the
 * suggestion was made under: a pin of its first sentence no longer holds at a cursor in the second, which was written under the next pin. A place that was
 * steered between the two is another wish.
 */
export function steeringKey(steering: Steering, anchor: number, cursor: number): string {
  if (steering.places.length === 0) return '';
  const { pins, never } = steering.at(anchor);
  const later = steering.placeFor(cursor);
  const wished = later !== undefined && later.offset > anchor ? later : undefined;
  if (pins.length === 0 && never.length === 0 && wished === undefined) return '';
  return JSON.stringify([pins, never, wished?.sentences]);
}
