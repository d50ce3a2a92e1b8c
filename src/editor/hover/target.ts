import type { Unit, UnitKind } from '../../text/units';
import type { DocumentState } from '../documents/documentState';
import { trimmedSpan, type Span } from '../textSpan';

/** What a hover is about. */
export type HoverTarget =
  | { readonly kind: 'sentence' | 'heading'; readonly unit: number; readonly span: Span }
  /** Between sentences or behind the last: what is expected there. `unit` is the one that follows; behind the last, the number of units. */
  | { readonly kind: 'place'; readonly unit: number; readonly offset: number };

const SENTENCES: ReadonlySet<UnitKind> = new Set<UnitKind>(['sentence', 'listItem', 'quote']);

/** What a hover at an offset is about; undefined in code, tables and other things that are not written in sentences. */
export function hoverTarget(state: DocumentState, offset: number): HoverTarget | undefined {
  const { text, units } = state.units;
  const unit = unitAt(units, offset);
  if (unit === undefined) return units.length === 0 ? undefined : { kind: 'place', unit: 0, offset };
  const { kind } = units[unit]!;
  const span = trimmedSpan(text, units[unit]!);
  const blank = span.start === span.end;
  if (offset < span.start || blank) return place(state.units, blank ? unit + 1 : unit, offset);
  const behind = offset > span.end || (offset === span.end && text.slice(span.end).trim() === '');
  if (behind) return place(state.units, unit + 1, offset);
  const written = writtenKind(kind);
  return written && { kind: written, unit, span };
}

/** Nothing is said of what stands before a code block or a table: it follows from what is there. */
function place({ text, units }: DocumentState['units'], from: number, offset: number): HoverTarget | undefined {
  let unit = from;
  while (unit < units.length && text.slice(units[unit]!.start, units[unit]!.end).trim() === '') unit++;
  const next = units[unit];
  return next === undefined || writtenKind(next.kind) ? { kind: 'place', unit, offset } : undefined;
}

function writtenKind(kind: UnitKind): 'sentence' | 'heading' | undefined {
  if (kind.startsWith('heading')) return 'heading';
  return SENTENCES.has(kind) ? 'sentence' : undefined;
}

/** The index of the unit in which an offset lies: of the last one that begins there or before. */
export function unitAt(units: readonly Unit[], offset: number): number | undefined {
  let low = 0;
  let high = units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (units[middle]!.start <= offset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : low - 1;
}
