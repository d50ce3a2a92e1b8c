import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openModel } from '../../../src/model/openModel';
import { SafetensorsFile } from '../../../src/model/safetensors';
import { corpusOf, textsOf } from '../../../src/training/corpusOfJob';
import { TrainingBusyError } from '../../../src/training/errors';
import { fineTune } from '../../../src/training/job';
import { survey } from '../../../src/training/jobSurvey';
import type { JobControl, TrainingProgress } from '../../../src/training/jobTypes';
import { WorkspaceStore } from '../../../src/training/store';
import { isStoreFolder } from '../../../src/training/storeFolder';
import { withStoreLock } from '../../../src/training/storeLock';
import { Trainer } from '../../../src/training/trainer';
import { copyOf, storeInBytes } from '../model/folders';
import { TINY_MODEL } from './reference';
import { jobOptions, writeWorkspace } from './workspace';

const TIMEOUT_MS = 120_000;

function control(changes: Partial<JobControl> = {}): JobControl {
  return {
    signal: new AbortController().signal,
    onStop: 'keep',
    paused: () => undefined,
    onProgress: () => undefined,
    ...changes,
  };
}

/** A control that ends the job at a step of a phase. */
function endingAt(
  step: number,
  onStop: JobControl['onStop'],
  phase: TrainingProgress['phase'] = 'training',
): JobControl {
  const ending = new AbortController();
  return control({
    signal: ending.signal,
    onStop,
    onProgress: (progress) => {
      if (progress.phase === phase && progress.step >= step) ending.abort();
    },
  });
}

/** How a part's tensors are stored, by name. */
async function dtypesOf(folder: string, part: string): Promise<Map<string, string>> {
  const file = await SafetensorsFile.open(join(folder, `${part}.safetensors`));
  await file.close();
  return new Map([...file.tensors].map(([name, { dtype }]) => [name, dtype]));
}

describe('fine-tuning on a workspace', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'planwright-job-'));
    writeWorkspace(join(root, 'workspace'), 14);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it(
    'makes a model that predicts the held-out documents better, keeps it, and goes on from it',
    async () => {
      const options = jobOptions(root);
      const told: TrainingProgress[] = [];
      const report = await fineTune(options, control({ onProgress: (progress) => told.push(progress) }));
      expect(report.outcome).toBe('adopted');
      expect(report.after!.perplexity).toBeLessThan(0.5 * report.before.perplexity);
      expect(report.heldOutDocuments).toBeGreaterThan(0);
      expect(report.examples.length).toBeGreaterThan(0);
      expect(report.curve.length).toBe(report.steps);
      expect([...new Set(told.map(({ phase }) => phase))]).toEqual([
        'reading',
        'preparing',
        'measuring',
        'training',
        'reporting',
      ]);
      const store = new WorkspaceStore(options.storeFolder);
      expect((await store.current())?.id).toBe(report.model);
      expect(await store.lastReport()).toEqual(JSON.parse(JSON.stringify(report)));
      await (await openModel(await store.activeFolder(TINY_MODEL), { verify: true })).close();
      expect(existsSync(join(store.trainingFolder))).toBe(false);
      expect(await isStoreFolder(store.folder)).toBe(true);

      writeFileSync(
        join(root, 'workspace', 'new.md'),
        readFileSync(join(root, 'workspace', 'page-1.md'), 'utf8').replaceAll('garden', 'orchard'),
      );
      const found = await survey({ ...options, again: true });
      expect(found.changedSince).toBe(1);
      const again = await fineTune({ ...options, again: true }, control());
      expect(again.before.perplexity).toBeLessThan(0.6 * report.before.perplexity);
    },
    TIMEOUT_MS,
  );

  it(
    'keeps a small file in the light mode',
    async () => {
      const options = jobOptions(root, { mode: 'light' });
      const report = await fineTune(options, control());
      expect(report.outcome).toBe('adopted');
      const store = new WorkspaceStore(options.storeFolder);
      expect(report.after!.perplexity).toBeLessThan(report.before.perplexity);
      await (await openModel(await store.activeFolder(TINY_MODEL), { verify: true })).close();
      const again = await fineTune({ ...options, again: true }, control());
      expect(again.mode).toBe('light');
      expect(again.before.perplexity).toBeLessThan(report.before.perplexity);
    },
    TIMEOUT_MS,
  );

  it(
    'ended early, keeps the best so far, or nothing',
    async () => {
      const options = jobOptions(root);
      const discarded = await fineTune(options, endingAt(25, 'discard'));
      expect(discarded.outcome).toBe('stopped-discarded');
      const store = new WorkspaceStore(options.storeFolder);
      expect(await store.current()).toBeUndefined();
      expect(existsSync(store.trainingFolder)).toBe(false);
      const kept = await fineTune(options, endingAt(40, 'keep'));
      expect(kept.outcome).toBe('stopped-kept');
      expect(kept.after!.perplexity).toBeLessThan(kept.before.perplexity);
      expect((await store.current())?.id).toBe(kept.model);
    },
    TIMEOUT_MS,
  );

  it(
    'ended while it compares, keeps the best too, or nothing: no checkpoint is left to be taken up unasked',
    async () => {
      const options = jobOptions(root);
      const store = new WorkspaceStore(options.storeFolder);
      const discarded = await fineTune(options, endingAt(1, 'discard', 'reporting'));
      expect(discarded.outcome).toBe('stopped-discarded');
      expect(await store.current()).toBeUndefined();
      expect(existsSync(store.trainingFolder)).toBe(false);
      const kept = await fineTune(options, endingAt(1, 'keep', 'reporting'));
      expect(kept.outcome).toBe('adopted');
      expect((await store.current())?.id).toBe(kept.model);
      await expect(fineTune(options, endingAt(0, 'discard', 'preparing'))).rejects.toThrow();
      expect(existsSync(store.trainingFolder)).toBe(false);
    },
    TIMEOUT_MS,
  );

  it(
    'is a success where its report cannot be kept',
    async () => {
      const options = jobOptions(root);
      const store = new WorkspaceStore(options.storeFolder);
      mkdirSync(join(options.storeFolder, 'report.json', 'in the way'), { recursive: true });
      const report = await fineTune(options, endingAt(6, 'keep'));
      expect(report.model).toBeDefined();
      expect((await store.current())?.id).toBe(report.model);
      expect(existsSync(store.trainingFolder)).toBe(false);
    },
    TIMEOUT_MS,
  );

  it(
    'takes up a run that goes on from a model only with that model, in whatever mode it was asked for',
    async () => {
      const full = jobOptions(root, { storeFolder: join(root, 'other') });
      await fineTune(full, endingAt(6, 'keep'));
      await new WorkspaceStore(full.storeFolder).exportTo(join(root, 'full.safetensors'));
      const options = jobOptions(root, { mode: 'light' });
      const store = new WorkspaceStore(options.storeFolder);
      expect((await fineTune(options, endingAt(20, 'keep'))).model).toBeDefined();
      const again = { ...options, again: true, resume: true };
      const cutOff = control({
        onProgress: ({ phase, step }) => {
          if (phase === 'training' && step >= 30) throw new Error('cut off');
        },
      });
      await expect(fineTune(again, cutOff)).rejects.toThrow('cut off');
      expect(await isStoreFolder(store.folder)).toBe(true);
      const tried = vi.spyOn(Trainer, 'open');
      expect((await survey({ ...again, mode: 'full' })).resumable).toBe(true);
      expect(tried.mock.lastCall?.[0].hyperparameters.lowRank).toBeGreaterThan(0);
      tried.mockRestore();
      await store.importFrom(join(root, 'full.safetensors'), TINY_MODEL);
      expect((await survey(again)).resumable).toBe(false);
      const report = await fineTune(again, endingAt(1, 'keep'));
      expect(report.mode).toBe('full');
      expect(report.steps).toBeLessThan(30);
    },
    TIMEOUT_MS,
  );

  it(
    'is not measured on what its model was trained on before',
    async () => {
      const options = jobOptions(root);
      const store = new WorkspaceStore(options.storeFolder);
      const hashes = async (split: 'train' | 'heldOut'): Promise<string[]> =>
        textsOf(await corpusOf(options, await store.current()), split)
          .map(({ hash }) => hash)
          .sort();
      const [train, heldOut] = [await hashes('train'), await hashes('heldOut')];
      await fineTune(options, endingAt(6, 'keep'));
      expect((await store.current())?.trainedOn).toEqual(train);
      expect(await hashes('heldOut')).toEqual(heldOut);
      const folder = join(root, 'workspace');
      for (const { path, text } of textsOf(await corpusOf(options, undefined), 'heldOut')) {
        rmSync(path);
        writeFileSync(join(folder, `old-${basename(path)}`), text);
      }
      // Without the model others would be drawn too.
      const drawn = textsOf(await corpusOf(options, undefined), 'heldOut').map(({ hash }) => hash);
      expect(drawn.some((hash) => train.includes(hash))).toBe(true);
      const [nowTrain, nowHeldOut] = [await hashes('train'), await hashes('heldOut')];
      expect(nowHeldOut.length).toBeGreaterThan(0);
      expect(nowHeldOut.every((hash) => heldOut.includes(hash))).toBe(true);
      expect((await survey({ ...options, again: true })).heldOutDocuments).toBe(nowHeldOut.length);
      const report = await fineTune({ ...options, again: true }, endingAt(12, 'keep'));
      expect(report.heldOutDocuments).toBe(nowHeldOut.length);
      expect(report.model).toBeDefined();
      expect((await store.current())?.trainedOn).toEqual(nowTrain);
    },
    TIMEOUT_MS,
  );

  it(
    'ended early, counts what was learnt since the last evaluation',
    async () => {
      const report = await fineTune(jobOptions(root), endingAt(3, 'keep'));
      expect(report.steps).toBeLessThan(5);
      expect(report.curve.at(-1)?.heldOut).toBeGreaterThan(0);
      expect(report.outcome).toBe('stopped-kept');
    },
    TIMEOUT_MS,
  );

  it(
    'does not replace the model of the workspace by a worse one',
    async () => {
      const options = jobOptions(root);
      const store = new WorkspaceStore(options.storeFolder);
      const good = await fineTune(options, control());
      expect(good.outcome).toBe('adopted');
      const worse = await fineTune(options, endingAt(6, 'keep'));
      expect(worse.before.perplexity).toBeCloseTo(good.after!.perplexity, 4);
      expect(worse.model).toBeUndefined();
      expect((await store.current())?.id).toBe(good.model);
    },
    TIMEOUT_MS,
  );

  it.each(['full', 'light'] as const)(
    'tunes a model whose weights are stored in 8 bits (%s), and what came of it is held in 8 bits too',
    async (mode) => {
      const baseFolder = copyOf(TINY_MODEL);
      for (const part of ['lm', 'encoder', 'adapter', 'planner']) storeInBytes(baseFolder, `${part}.safetensors`);
      const options = jobOptions(root, { baseFolder, mode });
      const report = await fineTune(options, endingAt(6, 'keep'));
      expect(report.model).toBeDefined();
      expect(report.after!.perplexity).toBeLessThan(report.before.perplexity);
      const folder = await new WorkspaceStore(options.storeFolder).activeFolder(baseFolder);
      for (const part of ['lm', 'adapter', 'planner']) {
        expect(await dtypesOf(folder, part), part).toEqual(await dtypesOf(baseFolder, part));
      }
      const model = await openModel(folder, { verify: true });
      expect(model.weights).toBe('int8');
      await model.close();
      const again = await fineTune({ ...options, again: true }, endingAt(0, 'discard'));
      // What is measured is what is kept.
      expect(again.before.perplexity).toBeCloseTo(report.after!.perplexity, 4);
    },
    TIMEOUT_MS,
  );

  it(
    'measures what is trained: not the front matter',
    async () => {
      const plain = await fineTune(jobOptions(root), endingAt(0, 'discard'));
      for (let i = 0; i < 14; i++) {
        const file = join(root, 'workspace', `page-${i}.md`);
        writeFileSync(file, `---\ntitle: Zq${i}\nid: ${'x9'.repeat(40)}\n---\n\n${readFileSync(file, 'utf8')}`);
      }
      const fronted = await fineTune(jobOptions(root), endingAt(0, 'discard'));
      expect(fronted.before.perplexity).toBeCloseTo(plain.before.perplexity, 4);
    },
    TIMEOUT_MS,
  );

  it(
    'waits while there is a reason to',
    async () => {
      let reason: string | undefined = 'someone types';
      const told: TrainingProgress[] = [];
      const ending = new AbortController();
      const done = fineTune(
        jobOptions(root),
        control({
          signal: ending.signal,
          onStop: 'discard',
          paused: () => reason,
          onProgress: (progress) => {
            told.push(progress);
            if (progress.paused === 'someone types') setTimeout(() => (reason = undefined), 500);
            if (progress.phase === 'training' && progress.step >= 3) ending.abort();
          },
        }),
      );
      await done;
      const waiting = told.findIndex(({ paused }) => paused !== undefined);
      expect(told[waiting]).toMatchObject({ phase: 'training', step: 0 });
      expect(told.slice(waiting + 1).every(({ paused }) => paused === undefined)).toBe(true);
    },
    TIMEOUT_MS,
  );

  it('refuses too little text, another run, and a store it may not write', async () => {
    const few = join(root, 'few');
    writeWorkspace(few, 2);
    const options = jobOptions(root, { folders: [{ path: few, exclude: [] }] });
    await expect(fineTune(options, control())).rejects.toThrow(/too little to learn from/);
    expect((await survey(options)).refusal).toMatch(/too little/);
    const markup = join(root, 'markup');
    writeWorkspace(markup, 14);
    for (let i = 1; i < 14; i++) {
      const file = join(markup, `page-${i}.md`);
      writeFileSync(file, `<div>\n${readFileSync(file, 'utf8').replaceAll('\n', ' ')}\n</div>\n`);
    }
    const ofMarkup = { ...options, folders: [{ path: markup, exclude: [] }] };
    await expect(fineTune(ofMarkup, control())).rejects.toThrow(/too little to learn from/);
    expect((await survey(ofMarkup)).refusal).toMatch(/too little/);
    const empty = join(root, 'empty');
    mkdirSync(empty);
    await expect(fineTune({ ...options, folders: [{ path: empty, exclude: [] }] }, control())).rejects.toThrow(
      /no documents/,
    );
    await withStoreLock(options.storeFolder, async () => {
      await expect(fineTune(options, control())).rejects.toThrow(TrainingBusyError);
    });
  });

  it('tells what it would do', async () => {
    const found = await survey(jobOptions(root));
    expect(found).toMatchObject({ documents: 14, refusal: undefined, resumable: false, changedSince: undefined });
    expect(found.steps).toBeGreaterThan(10);
    expect(found.tokens).toBeGreaterThan(1000);
    expect(found.estimatedSeconds).toBeGreaterThan(0);
    expect(found.memoryBytes).toBeGreaterThan(1e8);
  });
});
