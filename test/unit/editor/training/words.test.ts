import { describe, expect, it } from 'vitest';
import { figures } from '../../../../src/editor/training/figures';
import { outcomeSentence } from '../../../../src/editor/training/outcome';
import { progressWords } from '../../../../src/editor/training/progressWords';
import { startQuestion } from '../../../../src/editor/training/question';
import { shareDone, type Running } from '../../../../src/editor/training/trainingState';
import { english } from '../support/localiser';
import { FIGURES, MEASURES, progressOf, REPORT, SURVEY } from './support';

const running = (part: Partial<Running> = {}): Running => ({
  kind: 'running',
  progress: undefined,
  paused: undefined,
  stopping: undefined,
  ...part,
});
const words = (part: Partial<Running> = {}) => progressWords(running(part), english, FIGURES);

describe('figures', () => {
  it('are written as in the editor’s language', () => {
    const german = figures('de', english);
    expect([FIGURES.count(1234567), german.count(1234567)]).toEqual(['1,234,567', '1.234.567']);
    expect([FIGURES.decimal(3.14159, 2), german.decimal(3.14159, 2)]).toEqual(['3.14', '3,14']);
  });

  it('say about how long', () => {
    expect([10, 29, 31, 700, 3599, 3600, 4800].map(FIGURES.duration)).toEqual([
      'less than a minute',
      'less than a minute',
      '1 min',
      '12 min',
      '1 h 0 min',
      '1 h 0 min',
      '1 h 20 min',
    ]);
  });
});

describe('the question before a run', () => {
  it('says what it takes', () => {
    const proposal = { survey: SURVEY, workspace: 'notes', store: '/store', again: undefined, unfinished: undefined };
    const { message, detail } = startQuestion(proposal, english, FIGURES);
    expect(message).toBe('Fine-tune on “notes”?');
    expect(detail).toContain('Takes about 15 min and 3.5 GB of memory, on CPU, 2 threads (onnxruntime).');
  });
});

describe('progress in words', () => {
  it('has a word and a line for every phase', () => {
    const phases = ['reading', 'preparing', 'measuring', 'training', 'reporting'] as const;
    const lines = phases.map((phase) => words({ progress: progressOf({ phase, step: 3, steps: 9 }) }));
    expect(lines.map(({ short }) => short)).toEqual(['preparing', 'preparing', 'measuring', '33\u00a0%', 'reporting']);
    expect(new Set(lines.map(({ line }) => line)).size).toBe(phases.length);
    expect(lines[1]!.line).toBe('Preparing the documents · 3 of 9');
    expect(words().line).toBe('Starting…');
  });

  it('leaves out what is not known yet', () => {
    const progress = progressOf({ step: 0, tokensPerSecond: 0, loss: undefined, secondsLeft: undefined });
    expect(words({ progress }).line).toBe('Step 0 of 100');
    expect(words({ progress: progressOf({ phase: 'reading', step: 0, steps: 0 }) }).line).toBe('Reading the documents');
  });

  it('says why it waits, whoever knows of it', () => {
    const progress = progressOf({});
    const lines = (['typing', 'engine', 'battery'] as const).map((paused) => words({ paused, progress }).paused);
    expect(new Set(lines).size).toBe(3);
    expect(words({ progress: progressOf({ paused: 'battery' }) }).paused).toMatch(/battery/);
    expect(words({ progress: progressOf({ paused: 'the moon' }) }).paused).toBe('Paused');
    expect(words({ paused: 'typing', progress, stopping: 'keep' }).paused).toBeUndefined();
    // Only between steps it waits.
    expect(words({ paused: 'battery', progress: progressOf({ phase: 'measuring' }) }).paused).toBeUndefined();
  });

  it('says that it is stopping, and what is still being done', () => {
    expect(words({ stopping: 'discard' }).line).toBe('Stopping…');
    expect(words({ stopping: 'keep', progress: progressOf({}) }).line).toMatch(/being measured/);
    expect(words({ stopping: 'keep', progress: progressOf({ phase: 'reporting', step: 1, steps: 4 }) }).line).toBe(
      'Comparing before and after · 1 of 4',
    );
  });

  it('knows the share of the steps only', () => {
    expect(shareDone(running({ progress: progressOf({ phase: 'measuring' }) }))).toBeUndefined();
    expect(shareDone(running({ progress: progressOf({ steps: 0 }) }))).toBeUndefined();
    expect(shareDone(running({ progress: progressOf({ step: 120 }) }))).toBe(1);
  });
});

describe('the outcome in words', () => {
  const sentence = (part: Partial<typeof REPORT>) => outcomeSentence({ ...REPORT, ...part }, english, FIGURES);

  it('always says whether the new weights are used', () => {
    expect(sentence({})).toMatch(/are in use/);
    expect(sentence({ outcome: 'stopped-kept' })).toMatch(/are in use/);
    const after = { ...MEASURES, perplexity: 42 };
    for (const outcome of ['not-better', 'stopped-kept', 'stopped-discarded'] as const) {
      for (const measured of [after, undefined]) {
        const text = sentence({ outcome, model: undefined, after: measured });
        expect(text).toMatch(/The model is as it was/);
        expect(text).not.toContain('–');
      }
    }
  });
});
