import { draw } from './draw';
import type { PreparedDocument } from './prepared';

/** What a window may hold. */
export interface WindowShape {
  /** Tokens. */
  readonly length: number;
  /** Positions of the planner: units before the window and in it. */
  readonly units: number;
  /** Units before the window that the planner sees; below `units`. */
  readonly view: number;
}

/** A window of a document: the LM reads end-of-text and tokens [at, end − 1), and its predictions of [done, end) count. */
export interface Window {
  readonly at: number;
  readonly done: number;
  readonly end: number;
  /** The first unit that the planner predicts. */
  readonly firstUnit: number;
}

/** How far behind a drawn token the line is looked for that the window starts with, as in the recipe. */
const LINE_WITHIN = 256;

/** The window that starts at a token: as long as the document and the shape allow; it ends before the first unit for which there is no room. */
function windowAt({ tokens, unitOf }: PreparedDocument, at: number, shape: WindowShape): Window {
  const firstUnit = Math.max(0, unitOf[at]! - shape.view);
  let end = Math.min(at + shape.length, tokens.length);
  while (end > at && unitOf[end - 1]! - firstUnit >= shape.units) end--;
  return { at, done: at, end, firstUnit };
}

/**
 * Windows that predict every token of a document once, each with a quarter of a window before it unless the document has less. Where there is
 * room for their units these are the windows that a model is evaluated with (`evaluationWindows`); else they are shorter, and what they read
 * before may be too.
 */
export function heldOutWindows(document: PreparedDocument, shape: WindowShape): Window[] {
  const windows: Window[] = [];
  const { tokens, unitOf } = document;
  const context = Math.floor(shape.length / 4);
  for (let done = 0; done < tokens.length;) {
    let at = Math.max(0, done - context);
    let window = windowAt(document, at, shape);
    if (window.end < Math.min(at + shape.length, tokens.length)) {
      // Units are short here: read no more than a quarter of those there is room for before going on.
      const earliest = unitOf[done]! - Math.floor((shape.units - shape.view) / 4);
      while (at < done && unitOf[at]! < earliest) at++;
      window = windowAt(document, at, shape);
    }
    windows.push({ ...window, done });
    done = window.end;
  }
  return windows;
}

/** Where windows to train on can be drawn from. */
export interface WindowSource {
  readonly documents: readonly PreparedDocument[];
  /** For each document, its scored tokens. */
  readonly scored: readonly Int32Array[];
  /** Number of scored tokens in the documents up to and with each. */
  readonly upTo: Float64Array;
}

export function windowSource(documents: readonly PreparedDocument[]): WindowSource {
  const scored = documents.map((document) => indicesOf(document.scored));
  const upTo = new Float64Array(documents.length);
  for (const [i, { length }] of scored.entries()) upTo[i] = (upTo[i - 1] ?? 0) + length;
  return { documents, scored, upTo };
}

/** Number of tokens that windows can be drawn for. */
export function sizeOf({ upTo }: WindowSource): number {
  return upTo.at(-1) ?? 0;
}

/**
 * A window drawn by name: a random scored token, and from there the next start of a line, as in the recipe; the document's start where what is
 * left would not fill a quarter of a window. Of the windows so considered the first is taken in which a token counts.
 */
export function drawnWindow(
  source: WindowSource,
  shape: WindowShape,
  ...names: readonly (string | number)[]
): { readonly document: PreparedDocument; readonly window: Window } {
  const drawn = Math.floor(draw(...names) * sizeOf(source));
  const index = firstAbove(source.upTo, drawn);
  const document = source.documents[index]!;
  const token = source.scored[index]![drawn - (source.upTo[index - 1] ?? 0)]!;
  const { lineStarts, tokens } = document;
  const line = firstAbove(lineStarts, token - 1);
  const next = lineStarts[line] ?? Infinity;
  const start = next < Math.min(token + LINE_WITHIN, tokens.length) ? next : 0;
  const enough = tokens.length - start > Math.floor(shape.length / 4);
  const starts = [enough ? start : 0, start, lineStarts[line - 1] ?? 0, token];
  for (const at of starts) {
    const window = windowAt(document, at, shape);
    if (document.scored.subarray(window.at, window.end).includes(1)) return { document, window };
  }
  throw new Error('A window that starts at a token that counts has one.');
}

/** Index of the first of ascending values that is above `value`; their number if none is. */
function firstAbove(values: Int32Array | Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function indicesOf(flags: Uint8Array): Int32Array {
  const indices: number[] = [];
  for (const [i, flag] of flags.entries()) if (flag !== 0) indices.push(i);
  return Int32Array.from(indices);
}
