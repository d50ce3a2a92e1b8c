import { cpSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineCancelled, EngineError } from '../../../src/engine/engine';
import { seededRandom } from '../../../src/writing/sampling';
import { TINY_FOLDER } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';
import { client, stopAll, TINY, usePrograms } from './support';

const programs = usePrograms();
afterAll(stopAll);

const AT_ONCE = { delays: new Array<number>(200).fill(0), mostEnds: 200 };
const ASK = { pins: [], never: [], gate: 'open', stop: 'paragraph', alternatives: 1 } as const;

describe('an engine that is killed', () => {
  it('comes back by itself, and answers what was asked meanwhile', async () => {
    const engine = client({ program: programs.engine, policy: AT_ONCE });
    const document = engine.document('tea.md', () => TOY_TEXT);
    const before = await document.plan(2);
    const pid = await engine.pid();
    const plan = document.plan(2);
    const completion = document.complete({ ...ASK, offset: 40 });
    const crashed = expect(completion).rejects.toMatchObject({ code: 'crashed' });
    const sent = engine.memory();
    process.kill(pid, 'SIGKILL');
    expect(await plan).toEqual(before);
    await crashed;
    await sent;
    expect(engine.state.kind).toBe('ready');
    expect(await engine.pid()).not.toBe(pid);
    expect(engine.kinds).toEqual(['starting', 'ready', 'restarting', 'starting', 'ready']);
  });

  it('is started again also where nobody asks, but not after it was stopped', async () => {
    const engine = client({ program: programs.engine, policy: AT_ONCE });
    await engine.load();
    process.kill(await engine.pid(), 'SIGKILL');
    await engine.reached('restarting');
    await engine.reached('ready');
    await engine.stop();
    expect(engine.state.kind).toBe('stopped');
    expect(await engine.memory()).toBeUndefined();
  });

  it('is given up after three restarts, until it is asked to start again', async () => {
    const engine = client({ program: programs.engine, policy: { delays: [0, 1, 2] } });
    for (let kill = 0; kill < 4; kill++) {
      await engine.load();
      const pid = await engine.pid();
      const gone = engine.reached('restarting', 'failed');
      process.kill(pid, 'SIGKILL');
      await gone;
    }
    const state = await engine.reached('failed');
    expect(state).toMatchObject({ error: { code: 'crashed', message: expect.stringContaining('SIGKILL') as string } });
    expect(engine.states.filter(({ kind }) => kind === 'restarting')).toEqual([
      { kind: 'restarting', attempt: 1, inMilliseconds: 0 },
      { kind: 'restarting', attempt: 2, inMilliseconds: 1 },
      { kind: 'restarting', attempt: 3, inMilliseconds: 2 },
    ]);
    await expect(engine.labels()).rejects.toMatchObject({ code: 'crashed' });
    expect((await engine.restart()).labelCount).toBeGreaterThan(0);
    expect(engine.state.kind).toBe('ready');
  });

  it('loses nothing when it is killed fifty times while one writes', async () => {
    const engine = client({ program: programs.engine, policy: AT_ONCE });
    const random = seededRandom(5);
    let text = TOY_TEXT;
    const document = engine.document('tea.md', () => text);
    const failures: unknown[] = [];
    const asked: Promise<unknown>[] = [];
    const keep = (request: Promise<unknown>): void =>
      void asked.push(request.catch((error: unknown) => failures.push(error)));
    let kills = 0;
    const type = (): void => {
      const at = Math.floor(random() * text.length);
      const piece = ['x', ' tea', '. ', '\n\n'][Math.floor(random() * 4)]!;
      text = text.slice(0, at) + piece + text.slice(at);
      document.edited(at, at, piece);
      const choice = random();
      if (choice < 0.5) keep(document.complete({ ...ASK, offset: at + piece.length }));
      else if (choice < 0.8) keep(document.plan(2));
      else keep(document.next(at, 1, []));
    };
    while (kills < 50) {
      await engine.load();
      const pid = await engine.pid();
      // Between nothing and much of a request's time: how often one types until it happens.
      for (let key = Math.floor(random() * 8); key >= 0; key--) {
        type();
        await new Promise((resolve) => setTimeout(resolve, random() * 4));
      }
      const gone = engine.reached('restarting', 'starting');
      process.kill(pid, 'SIGKILL');
      kills++;
      type();
      await gone;
    }
    await Promise.all(asked);
    for (const error of failures) {
      if (error instanceof EngineCancelled) continue;
      expect(error).toBeInstanceOf(EngineError);
      expect(error).toMatchObject({ code: 'crashed' });
    }
    const fresh = engine.document('fresh.md', () => text);
    expect(await document.plan(3)).toEqual(await fresh.plan(3));
    expect(engine.state.kind).toBe('ready');
    expect(engine.kinds).not.toContain('failed');
  }, 300_000);
});

describe('a model that cannot be opened', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'planwright-engine-'));
    cpSync(TINY_FOLDER, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is named with what is wrong, and not tried again by itself', async () => {
    truncateSync(join(folder, 'lm.safetensors'), 5000);
    const engine = client({ program: programs.engine, settings: () => ({ ...TINY, folder }) });
    const error = await engine.load().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: 'model-broken' });
    expect((error as Error).message).toMatch(/lm\.safetensors: 5000 bytes long.*restore it/s);
    await expect(engine.labels()).rejects.toBe(error);
    expect(engine.kinds).toEqual(['starting', 'failed']);
    expect(await engine.memory()).toBeUndefined();
    cpSync(TINY_FOLDER, folder, { recursive: true });
    expect((await engine.restart()).folder).toBe(folder);
  });

  it('is noticed when it is opened again', async () => {
    const engine = client({ program: programs.engine, settings: () => ({ ...TINY, folder }) });
    const document = engine.document('tea.md', () => TOY_TEXT);
    await document.plan(1);
    await engine.unload();
    rmSync(join(folder, 'labels.json'));
    await expect(document.plan(1)).rejects.toMatchObject({ code: 'model-broken' });
    expect(engine.state.kind).toBe('failed');
    cpSync(TINY_FOLDER, folder, { recursive: true });
    await engine.stop();
    await expect(document.plan(1)).resolves.toBeDefined();
  });

  it('may be a folder that is not there', async () => {
    const engine = client({ program: programs.engine, settings: () => ({ ...TINY, folder: '/nowhere' }) });
    await expect(engine.load()).rejects.toMatchObject({ code: 'model-broken' });
  });
});
