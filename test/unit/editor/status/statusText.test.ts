import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../src/editor/activity';
import { menuItems, type MenuSituation } from '../../../../src/editor/status/menuItems';
import { statusText } from '../../../../src/editor/status/statusText';
import { EngineError, type EngineState } from '../../../../src/engine/engine';
import { STARTER } from '../support/engineInfo';
import { english } from '../support/localiser';

const ON: Verdict = { on: true };
const READY: EngineState = {
  kind: 'ready',
  info: STARTER,
  skippedDevice: undefined,
};
const text = (engine: EngineState, verdict: Verdict = ON) =>
  statusText({ engine, verdict, snoozedUntil: '14:05' }, english);

describe('statusText', () => {
  it('names the device that works', () => {
    expect(text(READY)).toMatchObject({
      text: 'Planwright · CPU',
      detail: 'Model starter on CPU, 2 threads.',
      busy: false,
    });
  });

  it('says why the GPU is not used', () => {
    const skipped = { device: 'webgpu', reason: 'There is no driver.' } as const;
    expect(text({ ...READY, skippedDevice: skipped }).detail).toContain(
      'The GPU is not used for writing: There is no driver.',
    );
  });

  it('shows a failure as an error with its own words', () => {
    const error = new EngineError('model-broken', 'config.json is missing. Install the model again.');
    expect(text({ kind: 'failed', error })).toMatchObject({ severity: 'error', detail: error.message });
  });

  it('is busy while the model is opened and while the engine is started again', () => {
    expect(text({ kind: 'starting' }).busy).toBe(true);
    expect(text({ kind: 'restarting', attempt: 2, inMilliseconds: 2000 })).toMatchObject({
      text: 'Planwright: restarting 2/3',
      busy: true,
      severity: 'warning',
    });
  });

  it('says how far fine-tuning is, unless the engine has failed', () => {
    const training = { short: '42\u00a0%', line: 'Step 42 of 100', paused: undefined };
    const during = (engine: EngineState, paused?: string) =>
      statusText({ engine, verdict: ON, snoozedUntil: undefined, training: { ...training, paused } }, english);
    expect(during(READY)).toMatchObject({
      text: 'Planwright: fine-tuning 42\u00a0%',
      detail: 'Step 42 of 100',
      busy: true,
    });
    expect(during(READY, 'Paused while you type').busy).toBe(false);
    const error = new EngineError('crashed', 'The engine ended three times.');
    expect(during({ kind: 'failed', error })).toMatchObject({ severity: 'error', detail: error.message });
  });

  it('has words of its own for every reason to be off', () => {
    const reasons = ['setting', 'file', 'snoozed', 'language', 'scheme', 'too-large'] as const;
    const details = reasons.map((reason) => text(READY, { on: false, reason }).detail);
    expect(new Set(details).size).toBe(reasons.length);
    expect(text(READY, { on: false, reason: 'snoozed' }).text).toBe('Planwright: snoozed until 14:05');
  });
});

describe('menuItems', () => {
  const situation: MenuSituation = {
    status: text(READY),
    memory: { pid: 1, bytes: 300_400_000, modelLoaded: true, documents: 1 },
    on: true,
    fileOff: false,
    snoozed: false,
    unasked: true,
    confidence: 'balanced',
    style: 'lens',
    isTraining: false,
    using: undefined,
    counts: { offered: 10, whole: 2, sentences: 1, parts: 1, characters: 90 },
  };
  const labels = (change: Partial<MenuSituation> = {}) =>
    menuItems({ ...situation, ...change }, english).map(({ label }) => label);

  it('begins with the state, the device and the memory in use', () => {
    expect(menuItems(situation, english)[0]).toMatchObject({
      label: 'Planwright · CPU',
      detail: 'Model starter on CPU, 2 threads.',
      description: '300 MB in use',
      action: { command: 'planwright.doctor' },
    });
  });

  it('begins with a restart where the engine has failed', () => {
    const error = new EngineError('crashed', 'The engine ended three times.');
    const [first] = menuItems({ ...situation, status: text({ kind: 'failed', error }) }, english);
    expect(first).toMatchObject({ detail: error.message, action: { command: 'planwright.restartEngine' } });
  });

  it('offers to free memory only where a model is in it', () => {
    expect(labels()).toContain('Free the memory');
    expect(labels({ memory: undefined })).not.toContain('Free the memory');
  });

  it('offers to start the engine anew only where it may run', () => {
    expect(labels()).toContain('Restart the engine');
    expect(labels({ on: false })).not.toContain('Restart the engine');
  });

  it('offers to snooze, or to end the snooze', () => {
    expect(labels()).toContain('Snooze for 15 minutes');
    expect(labels({ snoozed: true })).toContain('End the snooze');
    expect(labels({ snoozed: true })).not.toContain('Snooze for 15 minutes');
  });

  it('says in words which choice is current', () => {
    const current = menuItems(situation, english).filter(({ description }) => description === 'current');
    expect(current.map(({ action }) => action)).toEqual([
      { kind: 'settings', values: { 'completions.confidence': 'balanced' } },
      { kind: 'settings', values: { 'annotations.style': 'lens' } },
    ]);
  });

  it('says where nothing is suggested unasked, and turns that on with the choice of how sure', () => {
    const items = menuItems({ ...situation, unasked: false }, english);
    expect(items.find(({ description }) => description === 'current')?.label).toBe('Only when you ask');
    expect(items.find(({ label }) => label.startsWith('Balanced'))?.action).toEqual({
      kind: 'settings',
      values: { 'completions.confidence': 'balanced', 'completions.enable': true },
    });
  });

  it('offers to fine-tune, or to stop what is being fine-tuned', () => {
    expect(labels()).toContain('Fine-tune…');
    expect(labels({ isTraining: true })).toContain('Stop fine-tuning…');
    expect(labels({ isTraining: true })).not.toContain('Fine-tune…');
  });

  it('offers the other model where the workspace has one of its own', () => {
    expect(labels()).not.toContain('Fine-tuning report');
    expect(labels({ using: 'workspace' })).toEqual(
      expect.arrayContaining(['Fine-tune again…', 'Use the bundled model', 'Fine-tuning report']),
    );
    expect(labels({ using: 'starter' })).toContain('Use the workspace’s own model');
    expect(labels({ using: 'starter', isTraining: true })).not.toContain('Fine-tune again…');
  });

  it('speaks of this file only where there is one and Planwright is on', () => {
    expect(labels()).toContain('Turn off for this file');
    expect(labels({ fileOff: undefined })).not.toContain('Turn off for this file');
    expect(labels({ on: false })).not.toContain('Turn off for this file');
  });
});
