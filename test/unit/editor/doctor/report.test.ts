import { describe, expect, it } from 'vitest';
import type { Findings } from '../../../../src/editor/doctor/findings';
import { report } from '../../../../src/editor/doctor/report';
import { english } from '../support/localiser';
import { HEALTHY } from './healthy';

const of = (change: Partial<Findings> = {}): string => report({ ...HEALTHY, ...change }, english);

describe('report', () => {
  it('says first whether everything is in order', () => {
    expect(of().split('\n')[2]).toBe('Everything is in order.');
    expect(of({ inlineSuggest: false }).split('\n')[2]).toBe('One thing to look at.');
  });

  it('shows the milliseconds of the self-test and of the host', () => {
    expect(of()).toContain('plan in 12 ms, first word in 30 ms, whole suggestion in 60 ms, 500 tokens a second');
    expect(of()).toContain('| edit | 0.20 | 1.40 | 100 |');
    expect(of()).toContain('| onnxruntime | 1.27.0 |');
  });

  it('names what failed and what to do', () => {
    const text = of({ selfTest: { kind: 'failed', message: 'The model folder has no config.json.' } });
    expect(text).toMatch(/✗ \*\*Failed\*\*: The model folder has no config\.json\. +\n {2}→ .*Restart Engine/);
    expect(text).not.toContain('onnxruntime');
  });

  it('takes a GPU that is not used for trouble only where it was asked for', () => {
    const skippedDevice = { device: 'webgpu', reason: 'No adapter.' } as const;
    expect(of({ skippedDevice })).toContain('✓ **Fine**: The GPU is not used for writing: No adapter.');
    expect(of({ skippedDevice })).toContain('After a driver change');
    expect(of({ skippedDevice: { ...skippedDevice, untried: true } })).not.toContain('After a driver change');
    expect(of({ skippedDevice, deviceAsked: 'webgpu' })).toContain(
      '✗ **Failed**: The GPU is not used for writing: No adapter.',
    );
  });

  it('says where fine-tuning runs, which may be elsewhere', () => {
    expect(of()).toContain('Fine-tuning runs on: CPU.');
    expect(of({ tuningDevice: 'webgpu' })).toContain('Fine-tuning runs on: GPU.');
    expect(of({ tuningDevice: undefined })).not.toContain('Fine-tuning runs on');
  });

  it('says what was asked for and what it runs on', () => {
    expect(of()).toContain('Asked for: auto. Runs on: CPU, 2 threads.');
    expect(of()).toContain('The bundled model is used.');
    expect(of({ modelFolder: '/models/mine' })).toContain('from the folder /models/mine.');
  });

  it('says where it is off, and whether the model has been tuned', () => {
    expect(of({ offHere: 'setting' })).toContain('! **Attention**: In this document, Planwright is turned off');
    expect(of({ offHere: 'snoozed' })).toContain('! **Attention**: Planwright is snoozed.');
    expect(of({ offHere: 'language' })).toBe(of());
    expect(of({ isTuned: true })).toContain('The bundled model is used. It has been fine-tuned on this workspace.');
  });

  it('names rivals and what is off', () => {
    expect(of({ rivals: ['GitHub Copilot'] })).toContain(
      '! **Attention**: Other extensions may suggest text too: GitHub Copilot.',
    );
    expect(of({ selfTest: { kind: 'not-run' }, enabled: false })).toContain('Planwright is off');
  });

  it('says how each line stands in words', () => {
    for (const line of of({ inlineSuggest: false, rivals: ['X'] })
      .split('\n')
      .filter((text) => /^- [✓!✗]/.test(text))) {
      expect(line).toMatch(/^- (✓ \*\*Fine\*\*|! \*\*Attention\*\*|✗ \*\*Failed\*\*): /);
    }
  });
});
