import { describe, expect, it } from 'vitest';
import { EngineCancelled } from '../../../../src/engine/engine';
import type { JobOptions } from '../../../../src/engine/training/protocol';
import { TrainingFailure, type TrainingFailureCode } from '../../../../src/engine/training/training';
import { MEASURES, OWN, progressOf, REPORT, settle, SURVEY, Window } from './support';

const FULL = 'Fine-tune (Full)';
const LIGHT = 'Fine-tune (Light)';

/** A window in which a run is under way. */
async function underWay() {
  const window = new Window();
  window.ui.answers = [FULL];
  const over = window.fineTuning.start({ again: false });
  await settle();
  window.training.last.progress(progressOf({}));
  return { window, over, run: window.training.last };
}

const titles = ({ ui }: Window): string[] => ui.told.at(-1)!.actions.map(({ title }) => title);

describe('before a run', () => {
  it('is refused where nothing can be learnt, with what to do about it', async () => {
    const window = new Window();
    const remedy = { title: 'Manage Trust', command: 'workbench.trust.manage' };
    window.ground = { kind: 'refused', refusal: { message: 'Not trusted.', remedy } };
    await window.fineTuning.start({ again: false });
    expect(window.training.surveys).toEqual([]);
    expect(window.ui.told).toMatchObject([{ kind: 'warning', message: 'Not trusted.' }]);
    void window.ui.press('Manage Trust');
    expect(window.ui.executed).toEqual(['workbench.trust.manage']);
  });

  it('looks through the documents and asks once, with everything that decides the answer', async () => {
    const window = new Window();
    await window.fineTuning.start({ again: false });
    expect(window.ui.questions).toHaveLength(1);
    const [{ message, detail, choices }] = window.ui.questions as [(typeof window.ui.questions)[0]];
    expect(message).toBe('Fine-tune on “notes”?');
    for (const part of [
      '120 documents',
      '900,000 characters',
      '12 of them',
      '5 duplicates of others',
      '2 ignored by .gitignore',
    ])
      expect(detail).toContain(part);
    for (const part of ['CPU, 2 threads', 'onnxruntime', '15 min', window.store!]) expect(detail).toContain(part);
    expect(detail).not.toContain('not text');
    expect(choices.map(({ label }) => label)).toEqual([FULL, LIGHT]);
    expect(window.training.runs).toEqual([]);
    expect(window.fineTuning.state.kind).toBe('idle');
  });

  it('runs in the mode that was chosen', async () => {
    const window = new Window();
    window.ui.answers = [LIGHT];
    void window.fineTuning.start({ again: false });
    await settle();
    expect(window.training.last.options).toMatchObject({ mode: 'light', again: false, folders: [{ path: '/notes' }] });
  });

  it('does not ask where the documents do not suffice', async () => {
    const window = new Window();
    window.training.found = { ...SURVEY, refusal: 'There is too little to learn from.' };
    await window.fineTuning.start({ again: false });
    expect(window.ui.questions).toEqual([]);
    expect(window.ui.told).toMatchObject([{ message: 'There is too little to learn from.' }]);
    void window.ui.press('Settings');
    expect(window.ui.executed).toEqual(['workbench.action.openSettings planwright.training']);
  });

  it('can be cancelled while it looks through the documents, without a word', async () => {
    const window = new Window();
    window.training.found = new EngineCancelled();
    await window.fineTuning.start({ again: false });
    expect(window.ui.told).toEqual([]);
    expect(window.fineTuning.state.kind).toBe('idle');
  });

  it('tells why the documents could not be looked through', async () => {
    const window = new Window();
    window.training.found = new TrainingFailure('program-missing', 'The program is missing.');
    await window.fineTuning.start({ again: false });
    expect(window.ui.told).toMatchObject([{ kind: 'warning', message: 'The program is missing.' }]);
    expect(titles(window)).toEqual(['Log']);
  });

  it('again goes on from the workspace’s model, in its mode', async () => {
    const window = new Window();
    window.training.storeState = OWN;
    window.training.found = { ...SURVEY, changedSince: 7 };
    window.ui.answers = ['Fine-tune Again'];
    void window.fineTuning.start({ again: true });
    await settle();
    expect(window.ui.questions[0]!.detail).toContain('new or changed since the last time: 7');
    expect(window.ui.questions[0]!.choices).toHaveLength(1);
    expect(window.training.last.options).toMatchObject({ mode: 'light', again: true });
  });

  it('again is the first time where there is no model yet', async () => {
    const window = new Window();
    window.ui.answers = [FULL];
    void window.fineTuning.start({ again: true });
    await settle();
    expect(window.training.last.options.again).toBe(false);
  });

  it('says that nothing has changed', async () => {
    const window = new Window();
    window.training.storeState = OWN;
    window.training.found = { ...SURVEY, changedSince: 0 };
    await window.fineTuning.start({ again: true });
    expect(window.ui.questions[0]!.detail).toContain('Nothing has changed');
  });

  it('points to the quicker way where there is a model', async () => {
    const window = new Window();
    window.training.found = { ...SURVEY, changedSince: 3 };
    await window.fineTuning.start({ again: false });
    expect(window.ui.questions[0]!.detail).toContain(
      '“Fine-tune Again” continues from the existing model; this starts over.',
    );
  });
});

describe('a run', () => {
  it('shows its progress and tells everyone who listens', async () => {
    const { window, run } = await underWay();
    run.progress(progressOf({ step: 50, heldOutLoss: 3.4, heldOutBefore: 3.71 }));
    expect(window.ui.lines.at(-1)).toEqual({
      line: 'Step 50 of 100 · 2,310 tokens/s · loss 3.250 · held out 3.400 (before: 3.710) · 6 min left',
      share: 0.5,
    });
    expect(window.fineTuning.words?.short).toBe('50\u00a0%');
  });

  it('waits while the writer types', async () => {
    const { window, run } = await underWay();
    window.pauses.typed();
    expect(run.said).toEqual(['pause typing']);
    expect(window.fineTuning.words?.line).toMatch(/^Paused while you type · Step 42 of 100/);
    window.pauses.engine(true);
    expect(run.said).toEqual(['pause typing']);
    window.pauses.end();
  });

  it('uses better weights from its end on, and offers the report', async () => {
    const { window, over, run } = await underWay();
    run.finish(REPORT);
    await over;
    expect(window.changes).toBe(1);
    expect(window.fineTuning.lastReport).toBe(REPORT);
    expect(window.ui.told).toMatchObject([
      { message: 'The new weights are in use: perplexity on held-out documents went from 41.20 to 29.50.' },
    ]);
    void window.ui.press('Show Report');
    expect(window.ui.executed).toEqual(['planwright.showTrainingReport']);
    expect(window.fineTuning.state.kind).toBe('idle');
    expect(window.memory.run).toBeUndefined();
  });

  it('leaves the model where it got no better, and says so', async () => {
    const { window, over, run } = await underWay();
    run.finish({ ...REPORT, outcome: 'not-better', model: undefined, after: { ...MEASURES, perplexity: 41.9 } });
    await over;
    expect(window.changes).toBe(0);
    expect(window.ui.told.at(-1)!.message).toContain(
      'not used: perplexity on held-out documents did not improve (41.20 before, 41.90 after)',
    );
  });

  it('is one at a time: a second wish shows the first, and how to stop it', async () => {
    const { window, run } = await underWay();
    await window.fineTuning.start({ again: false });
    expect(window.training.runs).toHaveLength(1);
    expect(window.ui.told.at(-1)!.message).toContain('Step 42 of 100');
    window.ui.answers = ['Discard'];
    await window.ui.press('Stop…');
    expect(run.said).toEqual(['discard']);
  });

  it('is not asked for twice while the question is on the screen', async () => {
    const window = new Window();
    window.ui.answers = [() => new Promise(() => undefined)];
    void window.fineTuning.start({ again: false });
    await settle();
    await window.fineTuning.start({ again: false });
    expect(window.training.surveys).toHaveLength(1);
    expect(window.ui.told).toEqual([]);
  });
});

describe('stopping a run', () => {
  it.each([
    ['Keep the Best So Far', 'keep', 'Stopping: the best so far is being measured…'],
    ['Discard', 'discard', 'Stopping…'],
  ])('asks first: %s', async (label, said, line) => {
    const { window, over, run } = await underWay();
    window.ui.answers = [label];
    window.ui.cancel();
    await settle();
    expect(window.ui.questions.at(-1)!.detail).toContain('Step 42 of 100');
    expect(run.said).toEqual([said]);
    expect(window.ui.lines.at(-1)!.line).toBe(line);
    run.finish({ ...REPORT, outcome: 'stopped-kept' });
    await over;
    expect(window.fineTuning.state.kind).toBe('idle');
  });

  it('goes on where the writer thinks better of it, with its progress in sight', async () => {
    const { window, over, run } = await underWay();
    window.ui.answers = [undefined];
    window.ui.cancel();
    await settle();
    expect(run.said).toEqual([]);
    run.progress(progressOf({ step: 60 }));
    expect(window.ui.lines.at(-1)!.line).toContain('Step 60 of 100');
    run.finish(REPORT);
    await over;
    expect(window.ui.titles.filter((title) => title === 'Planwright is fine-tuning')).toHaveLength(2);
  });

  it('says nothing to a run that ended meanwhile', async () => {
    const { window, over, run } = await underWay();
    window.ui.answers = [
      async () => {
        run.finish(REPORT);
        await settle();
        return 'Discard';
      },
    ];
    window.ui.cancel();
    await over;
    expect(run.said).toEqual([]);
    expect(window.fineTuning.lastReport).toBe(REPORT);
  });

  it('asks once, however often it is asked to', async () => {
    const { window } = await underWay();
    let answer: (label: string) => void = () => undefined;
    window.ui.answers = [() => new Promise((resolve) => (answer = resolve))];
    const first = window.fineTuning.stop();
    await window.fineTuning.stop();
    answer('Discard');
    await first;
    expect(window.ui.questions).toHaveLength(2);
  });

  it('can be kept first and discarded after all', async () => {
    const { window, run } = await underWay();
    window.ui.answers = ['Keep the Best So Far', 'Discard'];
    await window.fineTuning.stop();
    await window.fineTuning.stop();
    expect(run.said).toEqual(['keep', 'discard']);
    expect(window.fineTuning.words?.line).toBe('Stopping…');
  });

  it('uses what was kept if it is better, and only then', async () => {
    for (const [model, changes] of [
      ['m1', 1],
      [undefined, 0],
    ] as const) {
      const { window, over, run } = await underWay();
      run.finish({ ...REPORT, outcome: 'stopped-kept', model });
      await over;
      expect(window.changes).toBe(changes);
    }
  });

  it('leaves nothing behind where it is discarded, and no report that takes the last one’s place', async () => {
    const { window, over, run } = await underWay();
    run.finish({ ...REPORT, outcome: 'stopped-discarded', model: undefined, after: undefined });
    await over;
    expect(window.ui.notes).toEqual(['fine-tuning was stopped; nothing of it was kept']);
    expect(window.ui.told).toEqual([]);
    expect(window.fineTuning.lastReport).toBeUndefined();
    expect(window.changes).toBe(0);
  });

  it('is told of where there was nothing yet to keep', async () => {
    const { window, over, run } = await underWay();
    run.fail(new EngineCancelled());
    await over;
    expect(window.ui.notes).toEqual(['fine-tuning was stopped; nothing of it was kept']);
    expect(window.memory.run).toBeUndefined();
  });

  it('leaves what a run that was taken up had learnt before, unless that is to be discarded', async () => {
    for (const [answer, remembered] of [
      ['Keep the Best So Far', true],
      ['Discard', false],
    ] as const) {
      const window = new Window();
      window.memory.run = { mode: 'full', device: 'cpu', again: false, pid: 2 };
      window.training.found = { ...SURVEY, resumable: true };
      const over = window.fineTuning.start({ again: false, resume: true });
      await settle();
      const run = window.training.last;
      run.progress(progressOf({ phase: 'reading', step: 0 }));
      window.ui.answers = [answer];
      await window.fineTuning.stop();
      run.fail(new EngineCancelled());
      await over;
      expect(window.memory.get() !== undefined).toBe(remembered);
      expect(window.ui.notes.at(-1)).toContain(remembered ? 'can still be resumed' : 'nothing of it was kept');
    }
  });

  it('has nothing to stop where nothing runs', async () => {
    const window = new Window();
    await window.fineTuning.stop();
    expect(window.ui.notes).toEqual(['nothing is being fine-tuned']);
    expect(window.ui.questions).toEqual([]);
  });
});

describe('a run that fails', () => {
  const failing = async (code: TrainingFailureCode) => {
    const { window, over, run } = await underWay();
    run.fail(new TrainingFailure(code, `It ended: ${code}.`));
    await over;
    return window;
  };

  it.each([
    ['killed', ['Resume', 'Log'], true],
    ['disk', ['Log'], true],
    ['diverged', ['Log'], false],
    ['no-text', ['Settings'], false],
    ['busy', [], false],
    ['failed', ['Log'], false],
  ] as const)('tells of it: %s', async (code, buttons, remembered) => {
    const window = await failing(code);
    expect(window.ui.told).toMatchObject([{ kind: 'warning', message: `It ended: ${code}.` }]);
    expect(titles(window)).toEqual(buttons);
    expect(window.memory.run !== undefined).toBe(remembered);
    expect(window.fineTuning.state.kind).toBe('idle');
  });

  it('says nothing where Planwright ended it, and remembers it', async () => {
    const window = await failing('stopped');
    expect(window.ui.told).toEqual([]);
    expect(window.memory.run).toMatchObject({ mode: 'full', again: false });
  });

  it('does not take another window’s run for its own', async () => {
    const window = new Window();
    window.memory.run = { mode: 'light', device: 'cpu', again: false, pid: 2 };
    window.ui.answers = [FULL];
    const over = window.fineTuning.start({ again: false });
    await settle();
    window.training.last.fail(new TrainingFailure('busy', 'Another window is fine-tuning.'));
    await over;
    expect(window.memory.run).toMatchObject({ mode: 'light', pid: 2 });
  });

  it('is resumed with a click and without a question, in its mode and on its device', async () => {
    const window = await failing('killed');
    window.training.found = { ...SURVEY, resumable: true };
    window.device = 'webgpu';
    const asked = window.ui.questions.length;
    void window.ui.press('Resume');
    await settle();
    expect(window.ui.questions).toHaveLength(asked);
    expect(window.training.last.options).toMatchObject({ mode: 'full', device: 'cpu' });
    expect(window.training.runs).toHaveLength(2);
  });

  it('asks after all where the documents changed and it cannot be resumed', async () => {
    const window = await failing('killed');
    await window.ui.press('Resume');
    expect(window.ui.questions).toHaveLength(2);
    expect(window.ui.questions[1]!.choices.map(({ label }) => label)).toEqual([FULL, LIGHT]);
  });

  it('can be resumed from the question, where that is the first answer', async () => {
    const window = new Window();
    window.memory.run = { mode: 'light', device: 'webgpu', again: false, pid: 2 };
    window.training.found = { ...SURVEY, resumable: true };
    window.ui.answers = ['Resume'];
    void window.fineTuning.start({ again: false });
    await settle();
    expect(window.ui.questions[0]!.choices.map(({ label }) => label)).toEqual(['Resume', FULL]);
    expect(window.training.last.options).toMatchObject({ mode: 'light', device: 'webgpu' });
  });

  it('forgets what was begun where its device is of no use any more', async () => {
    const window = new Window();
    window.memory.run = { mode: 'light', device: 'webgpu', again: false, pid: 2 };
    window.training.found = new TrainingFailure('failed', 'There is no GPU.');
    await window.fineTuning.start({ again: false });
    expect(window.memory.run).toBeUndefined();
  });
});

describe('on the GPU', () => {
  /** Of a GPU that is of no use. */
  const noGpu = ({ device }: JobOptions) =>
    device === 'webgpu' ? new TrainingFailure('failed', 'There is no memory.') : SURVEY;
  const devices = ({ training }: Window): string[] => training.surveys.map(({ device }) => device);

  it('goes over to the CPU where it cannot be tried out, and the question names the CPU', async () => {
    const window = new Window();
    window.device = 'webgpu';
    window.training.found = noGpu;
    window.ui.answers = [FULL];
    void window.fineTuning.start({ again: false });
    await settle();
    expect(devices(window)).toEqual(['webgpu', 'cpu']);
    expect(window.ui.questions[0]!.detail).toContain('CPU, 2 threads');
    expect(window.training.last.options.device).toBe('cpu');
  });

  it('says what is wrong with it where it was asked for by name', async () => {
    const window = new Window();
    window.device = window.deviceAfterFailure = 'webgpu';
    window.training.found = noGpu;
    await window.fineTuning.start({ again: false });
    expect(devices(window)).toEqual(['webgpu']);
    expect(window.ui.told).toMatchObject([{ kind: 'warning', message: 'There is no memory.' }]);
  });

  it('keeps to the device that the question named, whatever is found out meanwhile', async () => {
    const window = new Window();
    window.ui.answers = [
      () => {
        window.device = 'webgpu';
        return LIGHT;
      },
    ];
    void window.fineTuning.start({ again: false });
    await settle();
    expect(window.training.last.options).toMatchObject({ mode: 'light', device: 'cpu' });
  });

  it('looks again on the device of now where an earlier run cannot be taken up', async () => {
    const window = new Window();
    window.memory.run = { mode: 'full', device: 'cpu', again: false, pid: 2 };
    window.device = 'webgpu';
    window.ui.answers = [FULL];
    void window.fineTuning.start({ again: false });
    await settle();
    expect(devices(window)).toEqual(['cpu', 'webgpu']);
    expect(window.training.last.options.device).toBe('webgpu');
  });

  it.each([
    ['failed', 'cpu'],
    ['killed', 'cpu'],
    ['diverged', 'cpu'],
    ['disk', 'webgpu'],
    ['stopped', 'webgpu'],
  ] as const)('a run that ends as %s leaves the next one to the %s', async (code, next) => {
    const window = new Window();
    window.device = 'webgpu';
    window.ui.answers = [FULL];
    const over = window.fineTuning.start({ again: false });
    await settle();
    window.training.last.fail(new TrainingFailure(code, 'It ended.'));
    await over;
    expect(window.device).toBe(next);
  });
});

describe('a run that ended with the editor', () => {
  const RUN = { mode: 'full', device: 'cpu', again: false, pid: 2 } as const;

  it('is offered to be resumed at the next start', async () => {
    const window = new Window();
    window.memory.run = RUN;
    window.training.found = { ...SURVEY, resumable: true };
    window.fineTuning.offerToResume();
    expect(titles(window)).toEqual(['Resume', 'Do Not Resume']);
    void window.ui.press('Resume');
    await settle();
    expect(window.training.last.options.mode).toBe('full');
  });

  it('is not offered again where the writer does not want it', () => {
    const window = new Window();
    window.memory.run = RUN;
    window.fineTuning.offerToResume();
    void window.ui.press('Do Not Resume');
    window.fineTuning.offerToResume();
    expect(window.ui.told).toHaveLength(1);
    // What it left is large.
    expect(window.training.asked).toEqual(['discard']);
  });

  it('is not offered while another window is at it, where nothing was begun, or nothing can be learnt', () => {
    const window = new Window();
    window.fineTuning.offerToResume();
    window.memory.run = RUN;
    window.othersLive = true;
    window.fineTuning.offerToResume();
    window.othersLive = false;
    window.ground = { kind: 'refused', refusal: { message: 'Not trusted.' } };
    window.fineTuning.offerToResume();
    expect(window.ui.told).toEqual([]);
  });
});

describe('ending a run from outside', () => {
  it('kills it and waits for its end', async () => {
    const { window, run } = await underWay();
    let ended = false;
    const ending = window.fineTuning.end().then(() => (ended = true));
    await settle();
    expect(run.said).toEqual(['kill']);
    expect(ended).toBe(false);
    run.fail(new TrainingFailure('stopped', 'Ended.'));
    await ending;
    expect(window.fineTuning.state.kind).toBe('idle');
  });

  it('ends the look through the documents', async () => {
    const window = new Window();
    let signal: AbortSignal | undefined;
    window.training.survey = (_options, given) => {
      signal = given;
      return new Promise((_resolve, reject) => given.addEventListener('abort', () => reject(new EngineCancelled())));
    };
    const over = window.fineTuning.start({ again: false });
    await settle();
    expect(signal?.aborted).toBe(false);
    await window.fineTuning.end();
    await over;
    expect(signal?.aborted).toBe(true);
    expect(window.ui.questions).toEqual([]);
    expect(window.fineTuning.state.kind).toBe('idle');
  });

  it('begins nothing where it was turned off while the question stood there', async () => {
    const window = new Window();
    window.ui.answers = [
      () => {
        window.ground = { kind: 'refused', refusal: { message: 'Planwright is off.' } };
        return FULL;
      },
    ];
    await window.fineTuning.start({ again: false });
    expect(window.training.runs).toEqual([]);
    expect(window.ui.told).toMatchObject([{ message: 'Planwright is off.' }]);
  });

  it('does nothing where nothing runs', async () => {
    await expect(new Window().fineTuning.end()).resolves.toBeUndefined();
  });
});
