import { afterAll, describe, expect, it } from 'vitest';
import { toArguments } from '../../../src/engine/settings';
import { TINY_FOLDER } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';
import { client, killParent, stopAll, usePrograms } from './support';

const programs = usePrograms();
afterAll(stopAll);

describe('the engine as a process', () => {
  it.each([false, true])('ends when its parent is killed (busy: %s)', async (busy) => {
    const argv = toArguments({
      mode: 'serve',
      settings: { folder: TINY_FOLDER, device: 'cpu', weights: 'float32', idleMinutes: 0 },
    });
    const text = JSON.stringify(TOY_TEXT.repeat(busy ? 40 : 1));
    const parent = programs.write(
      'parent.mjs',
      `import { fork } from 'node:child_process';
      const engine = fork(${JSON.stringify(programs.engine)}, ${JSON.stringify(argv)}, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      engine.on('message', (message) => {
        if (message.id !== 1) return;
        engine.send({ jsonrpc: '2.0', method: 'document/open', params: { key: 'a', text: ${text} } });
        engine.send({ jsonrpc: '2.0', id: 2, method: 'document/plan', params: { key: 'a', top: 1 } });
        console.log('ready', engine.pid);
      });
      engine.send({ jsonrpc: '2.0', id: 1, method: 'model/load' });`,
    );
    await killParent(parent);
  });

  it('is not disturbed by what libraries print', async () => {
    const noisy = programs.write(
      'noisy.mjs',
      `const line = 'noise '.repeat(1000);
      setInterval(() => {
        process.stdout.write('Content-Length: 5\\r\\n\\r\\n{"jsonrpc":"2.0"}\\n');
        process.stderr.write(line);
      }, 1);
      process.stdout.write(line.repeat(100) + '\\n');
      await import('./engine.mjs');`,
    );
    const engine = client({ program: noisy });
    const document = engine.document('tea.md', () => TOY_TEXT);
    const plan = await document.plan(1);
    for (let i = 0; i < 20; i++) expect(await document.plan(1)).toEqual(plan);
    await engine.logged(/^debug: engine: noise noise/);
    expect(Math.max(...engine.lines.map((line) => line.length))).toBeLessThan(600);
  });

  it('does not take over flags of a debugger', async () => {
    const curious = programs.write(
      'curious.mjs',
      `console.log('flags ' + JSON.stringify([process.execArgv, process.env.NODE_OPTIONS ?? null, process.env.ORT_DISABLE_TELEMETRY]));
      await import('./engine.mjs');`,
    );
    const before = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = '--no-warnings';
    try {
      const engine = client({ program: curious });
      await engine.load();
      expect(await engine.logged(/flags/)).toBe('debug: engine: flags [[],null,"1"]');
    } finally {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
    }
  });

  it('is missed where its program is not there', async () => {
    const engine = client({ program: `${programs.engine}.not` });
    await expect(engine.load()).rejects.toMatchObject({ code: 'program-missing' });
    expect(engine.kinds).toEqual(['starting', 'failed']);
  });

  it('is not tried again where no process can be made', async () => {
    const engine = client({ program: programs.engine, execPath: '/nowhere/node' });
    await expect(engine.load()).rejects.toMatchObject({ code: 'start-failed' });
    expect(engine.kinds).toEqual(['starting', 'failed']);
  });

  it('is given up where it ends before it is ready, or never is', async () => {
    const dying = client({ program: programs.write('dying.mjs', 'process.exit(5);'), policy: { delays: [0, 0] } });
    const error = await dying.load().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'start-failed', message: expect.stringContaining('exit code 5') as string });
    expect(dying.kinds).toEqual(['starting', 'restarting', 'starting', 'restarting', 'starting', 'failed']);

    const deaf = programs.write(
      'deaf.mjs',
      "process.on('SIGTERM', () => {}); process.on('message', () => {}); process.on('disconnect', () => process.exit());",
    );
    const hanging = client({ program: deaf, policy: { delays: [], startMilliseconds: 1000, killMilliseconds: 100 } });
    await expect(hanging.load()).rejects.toMatchObject({ code: 'start-failed' });
  });

  it('is killed where it does not go when it is stopped', async () => {
    const deaf = programs.write(
      'stubborn.mjs',
      "process.on('SIGTERM', () => {}); process.on('message', () => {}); process.on('disconnect', () => process.exit()); console.log('pid ' + process.pid);",
    );
    const engine = client({ program: deaf, policy: { killMilliseconds: 100 } });
    const waiting = expect(engine.load()).rejects.toMatchObject({ code: 'stopped' });
    const line = await engine.logged(/pid/);
    await engine.stop();
    await waiting;
    expect(() => process.kill(Number(/\d+$/.exec(line)![0]), 0)).toThrow();
  });
});
