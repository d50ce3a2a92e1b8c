import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { afterEach, describe, expect, it } from 'vitest';
import { FAILURE } from '../../../src/engine/failures';
import { notifications, progress, requests } from '../../../src/engine/protocol';
import { toArguments } from '../../../src/engine/settings';
import { TINY_FOLDER } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';
import { ASK as AT_THE_END, usePrograms } from './support';

const programs = usePrograms();
let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

const STARTER = join(import.meta.dirname, '../../../models/starter');

function start(folder = TINY_FOLDER): MessageConnection {
  const argv = toArguments({
    mode: 'serve',
    settings: { folder, device: 'cpu', weights: 'float32', idleMinutes: 0 },
  });
  child = fork(programs.engine, argv, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.listen();
  return connection;
}

const ASK = { ...AT_THE_END, key: 'tea.md', maxTokens: 48, temperature: 1 };

describe('the engine process by itself', () => {
  it('stops a completion within one token of its cancellation', async () => {
    // The bundled model: the tiny one has little to say.
    const connection = start(STARTER);
    await connection.sendNotification(notifications.open, { key: 'tea.md', text: TOY_TEXT });
    // Deterministic: the first seed whose completion is long.
    let seed = 0;
    let whole = 0;
    while (whole <= 16) {
      whole = 0;
      const name = `seed ${++seed}`;
      connection.onProgress(progress.partialText, name, () => whole++);
      await connection.sendRequest(requests.complete, { ...ASK, seed, partial: name });
    }

    const source = new CancellationTokenSource();
    let partials = 0;
    connection.onProgress(progress.partialText, 'cut', () => {
      if (++partials === 3) source.cancel();
    });
    const error = await connection
      .sendRequest(requests.complete, { ...ASK, seed, partial: 'cut' }, source.token)
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: FAILURE.cancelled });
    // A few more were on their way when it was sent.
    expect(partials).toBeLessThan(10);
    await expect(connection.sendRequest(requests.plan, { key: 'tea.md', top: 1 })).resolves.toBeDefined();
  });

  it('gives each failure its code', async () => {
    const connection = start();
    await expect(connection.sendRequest(requests.plan, { key: 'nobody.md', top: 1 })).rejects.toMatchObject({
      code: FAILURE.outOfStep,
    });
    await connection.sendNotification(notifications.open, { key: 'tea.md', text: TOY_TEXT });
    await expect(connection.sendRequest(requests.complete, { ...ASK, offset: -1 })).rejects.toMatchObject({
      code: FAILURE.failed,
    });
    // An edit that comes before the plan is made, and a plan of the text as it is then.
    const overtaken = expect(connection.sendRequest(requests.plan, { key: 'tea.md', top: 1 })).rejects.toMatchObject({
      code: FAILURE.cancelled,
    });
    await connection.sendNotification(notifications.edit, {
      key: 'tea.md',
      edits: [
        { start: 0, end: 1, text: '##' },
        { start: 0, end: 0, text: 'Tea.\n\n' },
      ],
    });
    await overtaken;
    await connection.sendRequest(requests.unload);
    const late = connection.sendRequest(requests.complete, ASK);
    await connection.sendNotification(notifications.edit, { key: 'tea.md', edits: [] });
    expect((await late).reason).toMatchObject({ kind: 'document-changed' });
    const { units } = await connection.sendRequest(requests.plan, { key: 'tea.md', top: 1 });
    expect(units.slice(0, 2).map(({ kind }) => kind)).toEqual(['sentence', 'heading2']);
  });

  it('keeps eight sessions and the text of all documents', async () => {
    const connection = start();
    const keys = Array.from({ length: 12 }, (_, i) => `${i}.md`);
    for (const key of keys) {
      await connection.sendNotification(notifications.open, { key, text: `Number ${key}. ${TOY_TEXT}` });
      await connection.sendRequest(requests.plan, { key, top: 1 });
    }
    for (const key of keys) {
      await connection.sendNotification(notifications.edit, { key, edits: [{ start: 0, end: 0, text: 'One. ' }] });
      const { units } = await connection.sendRequest(requests.plan, { key, top: 1 });
      expect(units[0]).toMatchObject({ start: 0, end: 5 });
      expect(units.at(-1)!.end).toBe(`One. Number ${key}. ${TOY_TEXT}`.length);
    }
    expect((await connection.sendRequest(requests.memory)).documents).toBe(12);
    await connection.sendNotification(notifications.close, { key: '3.md' });
    expect((await connection.sendRequest(requests.memory)).documents).toBe(11);
  });

  it('ends when nobody holds the other end of its channel', async () => {
    const connection = start();
    await connection.sendRequest(requests.load);
    const ended = once(child!, 'exit');
    child!.disconnect();
    await ended;
  });

  it.each([[[]], [['--model', 'x', '--device', 'abacus']], [['--model', 'x', '--threads', 'two']], [['--what']]])(
    'refuses the arguments %j',
    async (argv) => {
      child = fork(programs.engine, argv, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
      const [code] = (await once(child, 'exit')) as [number];
      expect(code).toBeGreaterThan(0);
    },
  );

  it('says what a probe found out', async () => {
    child = fork(programs.engine, toProbe(), { stdio: ['ignore', 'pipe', 'ignore', 'ipc'], execArgv: [] });
    let output = '';
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    await once(child, 'close');
    const report = JSON.parse(output.trim().split('\n').at(-1)!) as { ok: boolean };
    // With a GPU or without.
    expect(report).toMatchObject(report.ok ? { gpu: SPEED, cpu: SPEED } : { fault: 'device' });
  });
});

const SPEED = { token: expect.any(Number) as number, block: expect.any(Number) as number };

function toProbe(): string[] {
  return toArguments({
    mode: 'probe',
    settings: { folder: TINY_FOLDER, device: 'webgpu', weights: 'float32', idleMinutes: 0 },
  });
}
