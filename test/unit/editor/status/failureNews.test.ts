import { describe, expect, it } from 'vitest';
import { FailureNews } from '../../../../src/editor/status/failureNews';
import { EngineError, type EngineState } from '../../../../src/engine/engine';

const failed = (message: string): EngineState => ({ kind: 'failed', error: new EngineError('crashed', message) });

describe('FailureNews', () => {
  it('tells of a failure once, whatever number of times it is heard of', () => {
    const news = new FailureNews();
    expect([failed('a'), failed('a'), failed('b')].map((state) => news.of(state))).toEqual(['a', undefined, undefined]);
  });

  it('tells again where the engine was started again and failed again', () => {
    const news = new FailureNews();
    const states: EngineState[] = [failed('a'), { kind: 'starting' }, failed('a')];
    expect(states.map((state) => news.of(state))).toEqual(['a', undefined, 'a']);
  });

  it('has nothing to say of restarts', () => {
    const news = new FailureNews();
    const restarting = (attempt: number): EngineState => ({ kind: 'restarting', attempt, inMilliseconds: 1 });
    expect([1, 2, 3].map((attempt) => news.of(restarting(attempt)))).toEqual([undefined, undefined, undefined]);
  });
});
