import { describe, expect, it } from 'vitest';
import { doctorActions } from '../../../../src/editor/doctor/actions';
import type { Findings } from '../../../../src/editor/doctor/findings';
import { english } from '../support/localiser';
import { HEALTHY } from './healthy';

const commands = (change: Partial<Findings> = {}): string[] =>
  doctorActions({ ...HEALTHY, ...change }, english).map(({ command }) => command);

describe('doctorActions', () => {
  it('offers to examine again and to copy where all is well', () => {
    expect(commands()).toEqual(['planwright.doctor', 'planwright.copyReport']);
  });

  it('offers what mends something first', () => {
    expect(commands({ inlineSuggest: false })[0]).toBe('planwright.showInlineSuggestions');
    expect(commands({ enabled: false, selfTest: { kind: 'not-run' } })[0]).toBe('planwright.turnOn');
    expect(commands({ offHere: 'setting' })[0]).toBe('planwright.turnOn');
    expect(commands({ selfTest: { kind: 'failed', message: 'No model.' } }).slice(0, 2)).toEqual([
      'planwright.restartEngine',
      'planwright.showLog',
    ]);
  });

  it('says what turning it on ends', () => {
    const title = (offHere: Findings['offHere']): string => doctorActions({ ...HEALTHY, offHere }, english)[0]!.title;
    expect(title('file')).toBe('Turn on for this file');
    expect(title('snoozed')).toBe('End the snooze');
    // Nothing that could be turned on.
    expect(title('too-large')).toBe('Examine again');
  });
});
