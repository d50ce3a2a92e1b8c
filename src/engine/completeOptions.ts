import type { CompleteOptions } from '../writing/complete';
import type { CompleteParams } from './protocol';

/** What is asked of a completion, as a session takes it: what was left out stays left out. */
export function completeOptions(
  params: CompleteParams,
  signal: AbortSignal,
  onText: ((text: string) => void) | undefined,
): CompleteOptions {
  const { pins, never, gate, stop, alternatives, maxTokens, temperature, seed } = params;
  return {
    pins,
    never,
    gate,
    stop,
    alternatives,
    signal,
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(seed !== undefined && { seed }),
    ...(onText && { onText }),
  };
}
