import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { EngineCancelled, EngineError } from '../../../src/engine/engine';
import { openModel } from '../../../src/model/openModel';
import { DocumentSession } from '../../../src/writing/session';
import { TINY_FOLDER } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';
import { ASK, client, stopAll, TINY, usePrograms } from './support';

const programs = usePrograms();
afterAll(stopAll);

/** An engine of which the first process does something else when it is asked for this. */
function atFirst(name: string, asked: string, then: string): string {
  return programs.write(
    `${name}.mjs`,
    `import { existsSync, writeFileSync } from 'node:fs';
    const note = import.meta.filename + '.txt';
    const first = !existsSync(note);
    writeFileSync(note, '');
    await import('./engine.mjs');
    process.on('message', ({ method }) => { if (first && method === '${asked}') ${then} });`,
  );
}

describe('a client and its engine process', () => {
  it('answers as a session in this process does', async () => {
    const engine = client({ program: programs.engine });
    expect(engine.state.kind).toBe('stopped');
    const document = engine.document('tea.md', () => TOY_TEXT);
    const seen: number[] = [];
    const plan = await document.plan(3, undefined, (done, total) => seen.push(done / total));
    const texts: string[] = [];
    const completion = await document.complete(ASK, { onPartial: (text) => texts.push(text) });
    const next = await document.next(40, 2, [plan.next[0]![0]!.id]);
    const { influences } = await document.influences([3]);

    const model = await openModel(TINY_FOLDER);
    const session = new DocumentSession(model, TOY_TEXT);
    const expected = await session.plan({ top: 3 });
    expect(plan.units.map(({ start, end, kind, label }) => ({ start, end, kind, label }))).toEqual(
      expected.map(({ start, end, kind, label }) => ({ start, end, kind, label })),
    );
    for (const [i, { predicted }] of plan.units.entries()) {
      expect(predicted).toEqual(
        expected[i]!.predicted.map(({ id, probability }) => ({
          id,
          probability: Number(probability.toPrecision(4)),
        })),
      );
    }
    expect(plan.next).toHaveLength(model.config.planner.steps);
    expect(seen.at(-1)).toBe(1);

    const here = await session.complete(ASK.offset, { stop: 'paragraph', maxTokens: 24 });
    expect(completion.completions.map(({ text }) => text)).toEqual(here.completions.map(({ text }) => text));
    expect(completion.reason === null).toBe(completion.completions.length > 0);
    expect(texts.length).toBeGreaterThan(0);
    // The text grows; only its last state may be shorter, cut where it stops.
    for (const [i, text] of texts.slice(1, -1).entries()) expect(text.startsWith(texts[i]!)).toBe(true);
    expect(texts.at(-2) ?? texts[0]).toContain(texts.at(-1));

    expect(next.steps.flat().map(({ id }) => id)).not.toHaveLength(0);
    expect(next.steps[0]!.map(({ id }) => id)).not.toContain(plan.next[0]![0]!.id);
    expect(influences[0]).toMatchObject({ unit: 3 });
    await model.close();
  });

  it('tells of the model, its labels, its memory, and tests itself', async () => {
    const engine = client({ program: programs.engine, settings: () => ({ ...TINY, threads: 1 }) });
    expect(await engine.memory()).toBeUndefined();
    await engine.unload();
    expect(engine.states).toEqual([]);
    const info = await engine.load();
    expect(info).toMatchObject({
      folder: TINY_FOLDER,
      weights: 'float32',
      device: { kind: 'cpu', name: 'CPU, 1 thread' },
    });
    expect(info.weightsId).toMatch(/^[0-9a-f]{16}-float32$/);
    expect(info.parameters).toBeGreaterThan(1000);
    expect(engine.kinds).toEqual(['starting', 'ready']);
    const labels = await engine.labels();
    expect(labels).toHaveLength(info.labelCount);
    expect(labels.map(({ id }) => id)).toEqual(labels.map((_, i) => i));
    const test = await engine.selfTest();
    expect(test.info).toEqual(info);
    expect(test.tokensPerSecond).toBeGreaterThan(0);
    expect(test.versions.onnxruntime).toMatch(/^\d+\.\d+\.\d+$/);
    const memory = await engine.memory();
    expect(memory).toMatchObject({ modelLoaded: true, documents: 0 });
    expect(memory!.bytes).toBeGreaterThan(1e7);
  });

  it('opens a model once for all who ask at the same time', async () => {
    const engine = client({ program: programs.engine });
    const document = engine.document('tea.md', () => TOY_TEXT);
    await Promise.all([engine.load(), engine.labels(), document.plan(1), document.next(10, 1, []), engine.load()]);
    expect(engine.kinds).toEqual(['starting', 'ready']);
    expect(engine.lines.filter((line) => line.includes('Opened'))).toHaveLength(1);
  });

  it('tells when someone waits for it, once for all who do', async () => {
    const engine = client({ program: programs.engine });
    const told: boolean[] = [];
    engine.onDidChangeWorking((working) => told.push(working));
    const document = engine.document('tea.md', () => TOY_TEXT);
    const waiting = Promise.all([engine.labels(), document.plan(1)]);
    expect(engine.isWorking).toBe(true);
    await waiting;
    await document.complete({ ...ASK, offset: 1e6 }).catch(() => undefined);
    expect(engine.isWorking).toBe(false);
    expect(told).toEqual([true, false, true, false]);
  });

  it('ends a wait at once when its signal is aborted, also before the engine is ready', async () => {
    const engine = client({ program: programs.engine });
    const controller = new AbortController();
    const waiting = engine.load(controller.signal);
    controller.abort();
    await expect(waiting).rejects.toBeInstanceOf(EngineCancelled);
    await expect(engine.load(controller.signal)).rejects.toBeInstanceOf(EngineCancelled);
    await expect(engine.load()).resolves.toBeDefined();
  });

  it('frees the model when told to, and opens it again when it is needed', async () => {
    const engine = client({ program: programs.engine });
    const document = engine.document('tea.md', () => TOY_TEXT);
    const before = await document.plan(2);
    const pid = await engine.pid();
    await engine.unload();
    expect(engine.state.kind).toBe('unloaded');
    expect(await engine.memory()).toBeUndefined();
    expect(await document.plan(2)).toEqual(before);
    expect(engine.state.kind).toBe('ready');
    expect(await engine.pid()).not.toBe(pid);
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('goes on with a process that someone waits for as its model is freed', async () => {
    const engine = client({ program: programs.engine });
    const document = engine.document('tea.md', () => TOY_TEXT);
    const before = await document.plan(2);
    const pid = await engine.pid();
    const [, during] = await Promise.all([engine.unload(), document.plan(2)]);
    expect(during).toEqual(before);
    await engine.load();
    expect(await engine.pid()).toBe(pid);
  });

  it('ends a process whose model is freed while it works, once it has answered', async () => {
    const engine = client({ program: programs.engine });
    const text = TOY_TEXT.repeat(40);
    const document = engine.document('tea.md', () => text);
    await engine.load();
    const pid = await engine.pid();
    const planning = document.plan(2);
    // It is sent a moment later.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([planning, engine.unload()]);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 10_000 });
    expect([engine.state.kind, await engine.memory()]).toEqual(['unloaded', undefined]);
  });

  it('frees a model that nobody uses, and opens it again when it is needed', async () => {
    const engine = client({ program: programs.engine, settings: () => ({ ...TINY, idleMinutes: 0.003 }) });
    const document = engine.document('tea.md', () => TOY_TEXT);
    const before = await document.plan(2);
    await engine.reached('unloaded');
    expect(await document.plan(2)).toEqual(before);
    await engine.reached('unloaded');
    expect((await engine.load()).model).toBeDefined();
  });

  it('stops, and starts anew with the settings as they are then', async () => {
    let weights: 'float32' | 'int8' = 'float32';
    const engine = client({ program: programs.engine, settings: () => ({ ...TINY, weights }) });
    const first = await engine.load();
    const pid = await engine.pid();
    await engine.stop();
    expect(engine.state.kind).toBe('stopped');
    expect(() => process.kill(pid, 0)).toThrow();
    weights = 'int8';
    const second = await engine.load();
    expect(second.weights).toBe('int8');
    expect(second.weightsId).not.toBe(first.weightsId);
    expect((await engine.restart()).weightsId).toBe(second.weightsId);
  });

  it('is replaced when it is alive but answers nothing', async () => {
    const program = atFirst('silent', 'document/plan', 'for (;;);');
    const engine = client({ program, policy: { silenceMilliseconds: 300, killMilliseconds: 50, delays: [10] } });
    await engine.load();
    const pid = await engine.pid();
    const document = engine.document('tea.md', () => TOY_TEXT);
    expect((await document.plan(1)).units.length).toBeGreaterThan(5);
    expect(await engine.pid()).not.toBe(pid);
    expect(engine.lines.some((line) => line.includes('without answering'))).toBe(true);
  });

  it('is asked while it opens its model, and answers when it has', async () => {
    const program = programs.write(
      'early.mjs',
      `import { appendFileSync } from 'node:fs';
      const note = (what) => appendFileSync(import.meta.filename + '.txt', what + ' ');
      const send = process.send.bind(process);
      process.send = (message, ...rest) => {
        if ('result' in message) note('answer');
        return send(message, ...rest);
      };
      await import('./engine.mjs');
      process.on('message', ({ method }) => note(method));`,
    );
    const engine = client({ program });
    const document = engine.document('tea.md', () => TOY_TEXT);
    expect((await document.plan(1)).units.length).toBeGreaterThan(5);
    expect(readFileSync(`${program}.txt`, 'utf8')).toMatch(/^model\/load document\/open document\/plan .*answer /);
    expect(engine.states.map(({ kind }) => kind)).toEqual(['starting', 'ready']);
  });

  it('is asked once more where it ended while it opened its model, also what is not asked again otherwise', async () => {
    const program = atFirst('dies-early', 'document/complete', 'process.abort();');
    const engine = client({ program, policy: { delays: [10] } });
    const document = engine.document('tea.md', () => TOY_TEXT);
    const reply = await document.complete(ASK);
    expect(reply.milliseconds.total).toBeGreaterThan(0);
    expect(engine.states.map(({ kind }) => kind)).toEqual(['starting', 'restarting', 'starting', 'ready']);
  });

  it('rejects what waits when it is stopped or disposed', async () => {
    const engine = client({ program: programs.engine });
    const waiting = engine.load();
    const stopped = expect(waiting).rejects.toMatchObject({ code: 'stopped' });
    await engine.stop();
    await stopped;
    engine.dispose();
    await expect(engine.load()).rejects.toMatchObject({ code: 'stopped' });
  });

  it('says what is wrong with a request', async () => {
    const engine = client({ program: programs.engine });
    const document = engine.document('tea.md', () => TOY_TEXT);
    const error = await document.complete({ ...ASK, offset: 1e6 }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: 'request-failed' });
    await expect(document.next(10, 1, [])).resolves.toBeDefined();
  });
});
