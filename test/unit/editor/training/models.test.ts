import { describe, expect, it } from 'vitest';
import { EngineCancelled } from '../../../../src/engine/engine';
import { TrainingFailure } from '../../../../src/engine/training/training';
import { OWN, progressOf, settle, Window } from './support';

const BROKEN = new TrainingFailure('stored', 'The model of this workspace is damaged.');

describe('the model that the engine opens', () => {
  it('is the starter where nothing was learnt, and no process is started to say so', async () => {
    for (const store of [null, '/nowhere/at/all']) {
      const window = new Window(store);
      expect(await window.models.activeFolder()).toBe('/starter');
      expect(window.training.asked).toEqual([]);
    }
  });

  it('is the store’s, and what the store holds is known from then on', async () => {
    const window = new Window();
    window.training.storeState = OWN;
    expect(window.models.known).toBeUndefined();
    expect(await window.models.activeFolder()).toBe('/composed');
    expect(window.models.known).toEqual(OWN);
  });

  it('is the starter where the workspace’s own cannot be used, which is told', async () => {
    const window = new Window();
    const troubles: string[] = [];
    window.models.troubled.listen((message) => troubles.push(message));
    window.training.failure = BROKEN;
    expect(await window.models.activeFolder()).toBe('/starter');
    expect(troubles).toEqual([BROKEN.message]);
    expect(window.log.at(-1)).toContain(BROKEN.message);
  });

  it('tells of the same trouble once, however often the engine starts, until something changed', async () => {
    const window = new Window();
    const troubles: string[] = [];
    window.models.troubled.listen((message) => troubles.push(message));
    window.training.failure = BROKEN;
    for (let i = 0; i < 3; i++) await window.models.activeFolder();
    expect(troubles).toHaveLength(1);
    window.training.failure = new TrainingFailure('other-base', 'It was tuned from another model.');
    await window.models.activeFolder();
    expect(troubles).toHaveLength(2);
    window.models.replaced();
    await window.models.activeFolder();
    expect(troubles).toHaveLength(3);
  });

  it('is looked up without a process where there is no store yet', async () => {
    const window = new Window('/nowhere/at/all');
    expect(await window.models.look()).toEqual({ using: 'starter', model: null });
    expect(await new Window(null).models.look()).toBeUndefined();
    expect(window.training.asked).toEqual([]);
  });
});

describe('switching', () => {
  it.each([
    ['workspace', 'starter', 'the bundled model is in use'],
    ['starter', 'workspace', 'the model of this workspace is in use'],
  ] as const)('from %s uses %s', async (using, other, note) => {
    const window = new Window();
    window.training.storeState = { ...OWN, using };
    await window.commands.switch();
    expect(window.training.asked.at(-1)).toBe(`use ${other}`);
    expect(window.models.known?.using).toBe(other);
    expect(window.changes).toBe(1);
    expect(window.ui.notes).toEqual([note]);
  });

  it('offers to make a model where there is none', async () => {
    const window = new Window();
    await window.commands.switch();
    expect(window.changes).toBe(0);
    void window.ui.press('Fine-tune…');
    expect(window.ui.executed).toEqual(['planwright.fineTune']);
  });

  it('tells where it fails', async () => {
    const window = new Window();
    window.training.failure = BROKEN;
    await window.commands.switch();
    expect(window.ui.told).toMatchObject([{ kind: 'warning', message: BROKEN.message }]);
  });
});

describe('forgetting', () => {
  it('deletes once it is confirmed, and the starter is used', async () => {
    const window = new Window();
    window.training.storeState = OWN;
    window.ui.answers = ['Forget'];
    await window.commands.forget();
    expect(window.ui.questions[0]!.detail).toContain(window.store);
    expect(window.ui.questions[0]!.detail).toContain('2026');
    expect(window.training.asked.at(-1)).toBe('forget');
    expect(window.models.known).toEqual({ using: 'starter', model: null });
    expect(window.changes).toBe(1);
  });

  it('does nothing where it is cancelled', async () => {
    const window = new Window();
    await window.commands.forget();
    expect(window.training.asked).not.toContain('forget');
    expect(window.changes).toBe(0);
  });

  it('ends a run first, so that it does not bring back what is deleted', async () => {
    const window = new Window();
    window.ui.answers = ['Fine-tune (Full)', 'Forget'];
    void window.fineTuning.start({ again: false });
    await settle();
    window.training.last.progress(progressOf({}));
    const forgetting = window.commands.forget();
    await settle();
    expect(window.training.last.said).toEqual(['kill']);
    expect(window.training.asked).not.toContain('forget');
    window.training.last.fail(new TrainingFailure('stopped', 'Ended.'));
    await forgetting;
    expect(window.training.asked.at(-1)).toBe('forget');
    expect(window.memory.run).toBeUndefined();
  });

  it('deletes what is so damaged that nothing can be told of it', async () => {
    const window = new Window();
    window.ui.answers = ['Forget'];
    window.training.state = () => Promise.reject(BROKEN);
    await window.commands.forget();
    expect(window.training.asked).toEqual(['forget']);
    expect(window.ui.told).toEqual([]);
    expect(window.changes).toBe(1);
  });

  it('tells where another window is in the way', async () => {
    const window = new Window('/nowhere/at/all');
    window.ui.answers = ['Forget'];
    window.training.failure = new TrainingFailure('busy', 'Another window is fine-tuning.');
    await window.commands.forget();
    expect(window.ui.told).toMatchObject([{ message: 'Another window is fine-tuning.' }]);
    expect(window.changes).toBe(0);
  });
});

describe('exporting', () => {
  it('copies the model and says what it may hold', async () => {
    const window = new Window();
    window.training.storeState = OWN;
    window.ui.file = '/home/me/notes.safetensors';
    await window.commands.export();
    expect(window.training.asked.at(-1)).toBe('export /home/me/notes.safetensors');
    expect(window.ui.told.at(-1)!.message).toContain('may repeat phrases');
  });

  it('does nothing where no file is chosen, or there is no model', async () => {
    const window = new Window();
    window.ui.file = '/home/me/notes.safetensors';
    await window.commands.export();
    window.training.storeState = OWN;
    window.ui.file = undefined;
    await window.commands.export();
    expect(window.training.asked).toEqual(['state', 'state']);
  });
});

describe('importing', () => {
  it('uses the model at once where none is replaced', async () => {
    const window = new Window();
    window.ui.file = '/home/me/other.safetensors';
    await window.commands.import();
    expect(window.ui.questions).toEqual([]);
    expect(window.training.asked.at(-1)).toBe('import /home/me/other.safetensors');
    expect(window.models.known).toEqual(OWN);
    expect(window.changes).toBe(1);
  });

  it('asks before it replaces one', async () => {
    const window = new Window();
    window.training.storeState = OWN;
    window.ui.file = '/home/me/other.safetensors';
    await window.commands.import();
    expect(window.training.asked).toEqual(['state']);
    window.ui.answers = ['Replace'];
    await window.commands.import();
    expect(window.training.asked.at(-1)).toBe('import /home/me/other.safetensors');
  });

  it('tells where the file does not fit, and is silent where it is cancelled', async () => {
    const window = new Window('/nowhere/at/all');
    window.ui.file = '/home/me/other.safetensors';
    window.training.failure = new EngineCancelled();
    await window.commands.import();
    expect(window.ui.told).toEqual([]);
    window.training.failure = new TrainingFailure('other-base', 'It was tuned from another model.');
    await window.commands.import();
    expect(window.ui.told).toMatchObject([{ message: 'It was tuned from another model.' }]);
    expect(window.changes).toBe(0);
  });

  it('needs a workspace, as every command does', async () => {
    const window = new Window(null);
    const { commands } = window;
    for (const run of [
      () => commands.import(),
      () => commands.export(),
      () => commands.switch(),
      () => commands.forget(),
    ])
      await run();
    expect(window.ui.told).toHaveLength(4);
    expect(window.training.asked).toEqual([]);
  });
});
