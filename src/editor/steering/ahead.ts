import type { LabelProbability } from '../../engine/protocol';
import type { DocumentState } from '../documents/documentState';
import { offsetBefore, unitWritten } from './target';

/**
 * What is expected at a place and after that, step by step: of the unit that the first pin would bind. The engine's own notion differs behind a
 * sentence that has just ended, which it takes for the open one, and at the text's end, where it takes an unfinished sentence for ended.
 */
export async function stepsAhead(
  { units, engine }: DocumentState,
  offset: number,
  top: number,
  never: readonly number[],
  signal: AbortSignal,
): Promise<readonly (readonly LabelProbability[])[]> {
  return (await engine.next(offsetBefore(units, unitWritten(units, offset)), top, never, signal)).steps;
}
