import type { Silence } from '../../engine/protocol';
import type { Place } from './place';

/** Reasons that hold for the rest of a line, unless something is typed that could end the construct. */
const LASTING = new Set(['inside-code', 'inside-math', 'inside-html', 'inside-table', 'inside-front-matter']);
/** What can end a code span or fence, front matter (`---`, `...`), a formula or HTML. A line break does by starting another line. */
const ENDING = /[`~$<>.|\\\r\n-]/;
/** For how long a refusal is believed, in milliseconds; then the engine is asked again. */
const BELIEVED = 3000;

/**
 * The engine's last refusal to write at a place of a Markdown construct. It holds while one types on in the same line, so that writing a code
 * block does not ask the engine for each key.
 */
export class Refusals {
  private last:
    { key: string; silence: Silence; lineStart: number; line: string; rest: number; at: number } | undefined;

  note(place: Place, silence: Silence, now: number): void {
    if (!LASTING.has(silence.kind)) return;
    const lineStart = lineStartOf(place);
    const line = place.text.slice(lineStart, place.offset);
    this.last = { key: place.key, silence, lineStart, line, rest: place.text.length - place.offset, at: now };
  }

  /** The refusal that still holds at a place. */
  at(place: Place, now: number): Silence | undefined {
    const { last } = this;
    if (last?.key !== place.key || now - last.at > BELIEVED) return undefined;
    const { text, offset } = place;
    if (text.length - offset !== last.rest || !text.startsWith(last.line, last.lineStart)) return undefined;
    const end = last.lineStart + last.line.length;
    if (offset < end) return undefined;
    return ENDING.test(text.slice(end, offset)) ? undefined : last.silence;
  }

  /** Forgets a refusal that an edit outside of its line may have made untrue. */
  edited(key: string, start: number): void {
    if (this.last?.key === key && start < this.last.lineStart) this.last = undefined;
  }
}

function lineStartOf({ text, offset }: Place): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}
