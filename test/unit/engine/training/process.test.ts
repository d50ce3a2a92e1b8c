import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EngineCancelled } from '../../../../src/engine/engine';
import { TrainingFailure } from '../../../../src/engine/training/training';
import { TrainingBusyError } from '../../../../src/training/errors';
import { WorkspaceStore } from '../../../../src/training/store';
import { killParent } from '../support';
import { clientOf, disposeAll, isAlive, optionsOf, useProgram, WatchedRun } from './support';

const built = useProgram();
afterAll(disposeAll);

const newStore = (): string => mkdtempSync(join(built.folder, 'store-'));

describe('a survey in a process of its own', () => {
  it('runs at low priority, without telemetry or a debugger’s flags, and ends', async () => {
    const { training } = clientOf(built.program);
    const found = await training.survey(optionsOf(newStore(), 'any'), new AbortController().signal);
    expect(found).toMatchObject({ documents: constants.priority.PRIORITY_LOW, device: '1', runtime: '' });
    expect(found.refusal).toBeUndefined();
    expect(isAlive(found.heldOutDocuments)).toBe(false);
  });

  it('ends when it is cancelled', async () => {
    const { training } = clientOf(built.program);
    const controller = new AbortController();
    const waiting = training.survey(optionsOf(newStore(), 'slow'), controller.signal);
    setTimeout(() => controller.abort(), 300);
    await expect(waiting).rejects.toBeInstanceOf(EngineCancelled);
    await expect(training.survey(optionsOf(newStore(), 'any'), controller.signal)).rejects.toBeInstanceOf(
      EngineCancelled,
    );
  });

  it.each([
    ['broken model', 'model-broken', /config\.json.*missing/],
    ['odd', 'failed', /^Planwright could not do this: Something odd happened .*\. The log has the details\.$/],
  ])('says what went wrong: %s', async (what, code, message) => {
    const { training, lines } = clientOf(built.program);
    const error: unknown = await training
      .survey(optionsOf(newStore(), what), new AbortController().signal)
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TrainingFailure);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(lines.some((line) => /^warn: training: Error at .*\bsurvey\b/.test(line))).toBe(code === 'failed');
    expect(lines.join('\n')).not.toContain('secret');
  });
});

describe('a run in a process of its own', () => {
  it('tells its progress, waits when it is told to, and goes on', async () => {
    const { training } = clientOf(built.program);
    const watched = new WatchedRun(training, optionsOf(newStore(), 'any'));
    await watched.next(({ step }) => step > 2);
    watched.run.pause('typing');
    expect((await watched.next(({ paused }) => paused !== undefined)).paused).toBe('typing');
    watched.run.resume();
    await watched.next(({ paused }) => paused === undefined);
    watched.run.stop(false);
    await watched.run.report;
  });

  it.each([
    [true, 'stopped-kept'],
    [false, 'stopped-discarded'],
  ])('ends as it is told to (keep: %s), also while it is paused, and its process is gone', async (keep, outcome) => {
    const { training, lines } = clientOf(built.program);
    const watched = new WatchedRun(training, optionsOf(newStore(), 'busy'));
    const pid = await watched.pid();
    watched.run.pause('typing');
    watched.run.stop(keep);
    const report = await watched.run.report;
    expect(report).toMatchObject({ outcome });
    expect(report.after).toBeUndefined();
    expect(isAlive(pid)).toBe(false);
    expect(lines.join('\n')).not.toContain('secret');
    // Nobody listens any more.
    watched.run.pause('typing');
    watched.run.stop(true);
  });

  it('says that the checkpoint is kept when it is killed', async () => {
    const { training } = clientOf(built.program);
    const watched = new WatchedRun(training, optionsOf(newStore(), 'any'));
    process.kill(await watched.pid(), 'SIGKILL');
    await expect(watched.run.report).rejects.toMatchObject({
      code: 'killed',
      message: expect.stringMatching(/by SIGKILL.*checkpoint is kept.*run it again.*memory/) as string,
    });
  });

  it('is missed when it crashes by itself', async () => {
    const { training } = clientOf(built.program);
    const watched = new WatchedRun(training, optionsOf(newStore(), 'crashing'));
    await expect(watched.run.report).rejects.toMatchObject({ code: 'killed' });
  });

  it('fails with the kind that the job’s error has', async () => {
    const { training } = clientOf(built.program);
    const watched = new WatchedRun(training, optionsOf(newStore(), 'diverging'));
    await expect(watched.run.report).rejects.toMatchObject({
      code: 'diverged',
      message: 'The loss is no longer a number.',
    });
  });

  it('is the only one of its workspace: a second one is refused with what to do', async () => {
    const store = newStore();
    const first = new WatchedRun(clientOf(built.program).training, optionsOf(store, 'any'));
    await first.next();
    const second = new WatchedRun(clientOf(built.program).training, optionsOf(store, 'any'));
    await expect(second.run.report).rejects.toMatchObject({ code: 'busy', message: new TrainingBusyError().message });
    first.run.stop(true);
    await first.run.report;
    const third = new WatchedRun(clientOf(built.program).training, optionsOf(store, 'any'));
    await third.next();
    third.run.stop(false);
    await third.run.report;
  });

  it('can be ended at once, which is no failure to tell of', async () => {
    const { training } = clientOf(built.program);
    const watched = new WatchedRun(training, optionsOf(newStore(), 'busy'));
    const pid = await watched.pid();
    watched.run.kill();
    await expect(watched.run.report).rejects.toMatchObject({ code: 'stopped' });
    expect(isAlive(pid)).toBe(false);
  });

  it('ends with the client', async () => {
    const { training } = clientOf(built.program);
    const watched = new WatchedRun(training, optionsOf(newStore(), 'any'));
    await watched.next();
    training.dispose();
    await expect(watched.run.report).rejects.toMatchObject({ code: 'stopped' });
  });

  it.each(['any', 'busy'])('ends with the process that forked it (%s)', async (what) => {
    const parent = join(built.folder, `parent-${what}.mjs`);
    const request = { jsonrpc: '2.0', id: 1, method: 'training/run', params: optionsOf(newStore(), what) };
    writeFileSync(
      parent,
      `import { fork } from 'node:child_process';
      const training = fork(${JSON.stringify(built.program)}, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      let told = false;
      training.on('message', () => {
        if (!told) console.log('ready', training.pid);
        told = true;
      });
      training.send(${JSON.stringify(request)});`,
    );
    await killParent(parent);
  });
});

describe('a program that cannot be run', () => {
  it('is named where it is missing', async () => {
    const { training } = clientOf(`${built.program}.not`);
    const watched = new WatchedRun(training, optionsOf(newStore(), 'any'));
    const failure = { code: 'program-missing', message: expect.stringContaining('training.mjs.not') as string };
    await expect(watched.run.report).rejects.toMatchObject(failure);
    await expect(training.state({ store: newStore(), base: '/starter' })).rejects.toMatchObject(failure);
  });

  it('is told of where no process can be made', async () => {
    const { training } = clientOf(built.program, '/nowhere/node');
    const watched = new WatchedRun(training, optionsOf(newStore(), 'any'));
    await expect(watched.run.report).rejects.toMatchObject({ code: 'start-failed' });
  });

  it('does nothing when it is run by itself', () => {
    const { status, stderr } = spawnSync(process.execPath, [built.program], { encoding: 'utf8' });
    expect(status).toBe(64);
    expect(stderr).toContain('planwright train');
  });
});

describe('the store, looked after by a process', () => {
  it('is empty at first: the starter is in use', async () => {
    const { training } = clientOf(built.program);
    const place = { store: newStore(), base: '/starter' };
    expect(await training.state(place)).toEqual({ using: 'starter', model: null });
    expect(await training.active(place)).toEqual({ folder: '/starter', state: { using: 'starter', model: null } });
    expect(await training.lastReport(place)).toBeUndefined();
    expect(await training.use(place, 'starter')).toEqual({ using: 'starter', model: null });
  });

  it('says in words of its own what is not there', async () => {
    const { training } = clientOf(built.program);
    const place = { store: newStore(), base: '/starter' };
    const { signal } = new AbortController();
    await expect(training.use(place, 'workspace')).rejects.toMatchObject({ code: 'stored' });
    await expect(training.exportTo({ ...place, file: join(place.store, 'x') }, signal)).rejects.toMatchObject({
      code: 'stored',
    });
    const file = join(place.store, 'no model.safetensors');
    writeFileSync(file, 'no model');
    await expect(training.importFrom({ ...place, file }, signal)).rejects.toBeInstanceOf(TrainingFailure);
  });

  it.skipIf(process.platform === 'win32')('leaves no half of a file where an export is cancelled', async () => {
    const { training } = clientOf(built.program);
    const place = { store: newStore(), base: '/starter' };
    const file = join(place.store, 'exported.safetensors');
    const model = { id: 'm', sha256: '', createdAt: '', mode: 'full', before: {}, after: {}, documents: {} };
    writeFileSync(join(place.store, 'state.json'), JSON.stringify({ model }));
    mkdirSync(join(place.store, 'models'));
    // Its copy never ends.
    expect(spawnSync('mkfifo', [join(place.store, 'models', 'm.safetensors')]).status).toBe(0);
    writeFileSync(`${file}.part`, 'half');
    const controller = new AbortController();
    const waiting = training.exportTo({ ...place, file }, controller.signal);
    setTimeout(() => controller.abort(), 300);
    await expect(waiting).rejects.toBeInstanceOf(EngineCancelled);
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it('gives back the last report, and forgets it', async () => {
    const { training } = clientOf(built.program);
    const place = { store: newStore(), base: '/starter' };
    const watched = new WatchedRun(training, optionsOf(place.store, 'any'));
    await watched.next();
    watched.run.stop(true);
    const report = await watched.run.report;
    await new WorkspaceStore(place.store).keepReport(report);
    expect(await training.lastReport(place)).toEqual(report);
    await training.forget(place);
    expect(await training.lastReport(place)).toBeUndefined();
  });

  it('is not forgotten while it is trained', async () => {
    const { training } = clientOf(built.program);
    const place = { store: newStore(), base: '/starter' };
    const watched = new WatchedRun(training, optionsOf(place.store, 'any'));
    await watched.next();
    await expect(training.forget(place)).rejects.toMatchObject({ code: 'busy' });
    watched.run.stop(false);
    await watched.run.report;
  });
});
