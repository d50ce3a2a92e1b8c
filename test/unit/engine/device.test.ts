import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TOY_TEXT } from '../support/toyText';
import { ASK, client, MapMemory, stopAll, TINY, usePrograms, type TestClient } from './support';

const programs = usePrograms();
afterAll(stopAll);

const AUTO = () => ({ ...TINY, device: 'auto' as const });
/** A platform with GPU support, whatever this machine is. */
const platform = 'linux-x64';

/** A GPU that nothing is known of is tried as soon as the engine is ready; restarts are not those that are counted. */
const policy = { tryGpuMilliseconds: 0, delays: [] };

/** Resolves once it is known whether the GPU can be used. */
async function tried(engine: TestClient): Promise<void> {
  for (;;) {
    const { state } = engine;
    const known = state.kind === 'ready' && !state.skippedDevice?.untried;
    if (known) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A probe that notes that it ran, then does this. */
function probe(name: string, then: string): { program: string; runs: () => number } {
  const notes = join(programs.folder, `${name}.txt`);
  const program = programs.write(
    `${name}.mjs`,
    `import { appendFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(notes)}, 'x');\n${then}`,
  );
  return {
    program,
    runs: () => {
      try {
        return readFileSync(notes, 'utf8').length;
      } catch {
        return 0;
      }
    },
  };
}

const report = (value: object): string =>
  `console.log('noise'); console.log(${JSON.stringify(JSON.stringify(value))});`;
/** A probe in which both devices worked; milliseconds per token and per block, the GPU's and the CPU's. */
const measured = (token: readonly [number, number], block: readonly [number, number]): string =>
  report({
    ok: true,
    device: 'GPU',
    openMilliseconds: 1,
    gpu: { token: token[0], block: block[0] },
    cpu: { token: token[1], block: block[1] },
  });
const WORKS = measured([1, 2], [10, 20]);

/** An engine whose process dies when it is told to use the GPU: at once, or at its first use. */
function mortal(when: 'start' | 'use'): string {
  return programs.write(
    `mortal-${when}.mjs`,
    `const gpu = process.argv.indexOf('webgpu');
    if (gpu > 0) {
      if (${String(when === 'start')}) process.abort();
      process.argv[gpu] = 'cpu';
    }
    await import('./engine.mjs');
    // Not before: a listener would take the first message away from the engine.
    process.on('message', ({ method }) => { if (gpu > 0 && method === 'document/plan') process.abort(); });`,
  );
}

/** An engine that says it uses the GPU when it is told to, and uses the CPU. */
function pretending(): string {
  return programs.write(
    'pretends.mjs',
    `const gpu = process.argv.indexOf('webgpu');
    if (gpu > 0) process.argv[gpu] = 'cpu';
    await import('./engine.mjs');
    if (gpu > 0) process.stderr.write('runs on the GPU\\n');`,
  );
}

describe('the choice of a device', () => {
  it('remembers a probe that was brought down, and does not try again', async () => {
    const devices = new MapMemory();
    const { program: probeProgram, runs } = probe('aborts', 'process.abort();');
    const options = { program: programs.engine, probeProgram, devices, settings: AUTO, platform, policy };
    const engine = client(options);
    expect((await engine.load()).device.kind).toBe('cpu');
    expect(runs()).toBe(0);
    await tried(engine);
    expect(engine.state).toMatchObject({
      skippedDevice: { device: 'webgpu', reason: expect.stringContaining('SIGABRT') as string },
    });
    expect([...devices.verdicts.values()]).toMatchObject([{ kind: 'failed' }]);
    await engine.restart();
    const other = client(options);
    await other.load();
    expect(other.state).toMatchObject({ skippedDevice: { device: 'webgpu' } });
    expect(runs()).toBe(1);
  });

  it('tries a GPU that failed before once more where it is asked for by name', async () => {
    const devices = new MapMemory();
    const { program: probeProgram, runs } = probe(
      'fails',
      report({ ok: false, fault: 'device', reason: 'No adapter.' }),
    );
    const options = { program: programs.engine, probeProgram, devices, platform, policy };
    const automatic = client({ ...options, settings: AUTO });
    await automatic.load();
    await tried(automatic);
    const engine = client({ ...options, settings: () => ({ ...TINY, device: 'webgpu' }) });
    await engine.load();
    await engine.restart();
    expect(engine.state).toMatchObject({ skippedDevice: { reason: 'No adapter.' } });
    expect(runs()).toBe(2);
  });

  it('tries nothing for the CPU, nor where there is no support for a GPU', async () => {
    const { program: probeProgram, runs } = probe('never', WORKS);
    const options = { program: programs.engine, probeProgram };
    const onCpu = client({ ...options, platform });
    await onCpu.load();
    expect(onCpu.state).toMatchObject({ skippedDevice: undefined });
    const onArm = client({ ...options, platform: 'linux-arm64', settings: AUTO });
    await onArm.load();
    expect(onArm.state).toMatchObject({ skippedDevice: { reason: expect.stringContaining('linux-arm64') as string } });
    expect(runs()).toBe(0);
  });

  it('takes the CPU where the GPU is slower, unless the GPU is asked for, whichever was asked first', async () => {
    const { program: probeProgram, runs } = probe('slow', measured([30, 5], [100, 90]));
    const devices = new MapMemory();
    let device: 'auto' | 'webgpu' = 'auto';
    const engine = client({
      program: pretending(),
      probeProgram,
      devices,
      settings: () => ({ ...TINY, device }),
      platform,
      policy,
    });
    await engine.load();
    await tried(engine);
    const slower = { skippedDevice: { reason: 'It is slower than the CPU: 30 ms per token against 5 ms.' } };
    expect(engine.state).toMatchObject(slower);
    device = 'webgpu';
    await engine.restart();
    expect(engine.state).toMatchObject({ skippedDevice: undefined });
    device = 'auto';
    await engine.restart();
    expect(engine.state).toMatchObject(slower);
    expect(runs()).toBe(1);
  });

  it('fine-tunes on the GPU where that is faster at blocks of tokens, whichever device is better for writing', async () => {
    const cases = [
      { token: [15, 5], block: [20, 400], writing: 'cpu', tuning: 'webgpu' },
      { token: [15, 5], block: [400, 20], writing: 'cpu', tuning: 'cpu' },
      { token: [5, 15], block: [400, 20], writing: 'webgpu', tuning: 'cpu' },
    ] as const;
    for (const [i, { token, block, writing, tuning }] of cases.entries()) {
      const devices = new MapMemory();
      const { program: probeProgram } = probe(`blocks-${i}`, measured(token, block));
      const engine = client({ program: pretending(), probeProgram, devices, settings: AUTO, platform, policy });
      // Nothing is known yet.
      expect(await engine.tuningDevice()).toBe('cpu');
      await engine.load();
      await tried(engine);
      expect(engine.state).toMatchObject({ skippedDevice: writing === 'cpu' ? { device: 'webgpu' } : undefined });
      expect(await engine.tuningDevice()).toBe(tuning);
      // Another window knows it without a trial, and without an engine.
      const other = client({ program: programs.engine, devices, settings: AUTO, platform });
      expect(await other.tuningDevice()).toBe(tuning);
      expect(other.state.kind).toBe('stopped');
      await engine.stop();
    }
  });

  it('fine-tunes on the CPU where the GPU failed, and where the settings say so', async () => {
    const devices = new MapMemory();
    const { program: probeProgram } = probe(
      'no-adapter',
      report({ ok: false, fault: 'device', reason: 'No adapter.' }),
    );
    const engine = client({ program: programs.engine, probeProgram, devices, settings: AUTO, platform, policy });
    await engine.load();
    await tried(engine);
    expect(await engine.tuningDevice()).toBe('cpu');
    for (const device of ['cpu', 'webgpu'] as const) {
      const named = client({ program: programs.engine, devices, settings: () => ({ ...TINY, device }), platform });
      expect(await named.tuningDevice()).toBe(device);
    }
  });

  it.each([{ usable: true }, { usable: false, reason: 'It is slower.', block: { gpu: 1, cpu: 2 } }, 'webgpu', null])(
    'tries a GPU again of which an earlier version remembered %j',
    async (remembered) => {
      const { program: probeProgram, runs } = probe('earlier', measured([15, 5], [20, 400]));
      const before = runs();
      const verdicts = new Map<string, unknown>();
      const devices = {
        get: (key: string) => (verdicts.has(key) ? verdicts.get(key) : remembered),
        set: (key: string, verdict: unknown) => void verdicts.set(key, verdict),
      };
      const engine = client({ program: programs.engine, probeProgram, devices, settings: AUTO, platform, policy });
      expect(await engine.tuningDevice()).toBe('cpu');
      expect((await engine.load()).device.kind).toBe('cpu');
      await tried(engine);
      expect(await engine.tuningDevice()).toBe('webgpu');
      await engine.restart();
      expect(runs() - before).toBe(1);
    },
  );

  it('does not hold a broken model against the GPU', async () => {
    const devices = new MapMemory();
    const { program: probeProgram } = probe('broken', report({ ok: false, fault: 'model', reason: 'labels.json' }));
    const engine = client({ program: programs.engine, probeProgram, devices, settings: AUTO, platform, policy });
    await engine.load();
    await tried(engine);
    expect(devices.verdicts.size).toBe(0);
  });

  it('answers on the CPU while it is unknown whether there is a better device, and tries it after that', async () => {
    const { program: probeProgram, runs } = probe(
      'later',
      report({ ok: false, fault: 'device', reason: 'No adapter.' }),
    );
    const slow = { ...policy, tryGpuMilliseconds: 60_000 };
    const engine = client({ program: programs.engine, probeProgram, settings: AUTO, platform, policy: slow });
    expect((await engine.load()).device.kind).toBe('cpu');
    const document = engine.document('tea.md', () => TOY_TEXT);
    expect((await document.plan(1)).units.length).toBeGreaterThan(5);
    expect(engine.state).toMatchObject({
      skippedDevice: { untried: true, reason: expect.stringContaining('not been tried') as string },
    });
    expect(runs()).toBe(0);
  });

  it('goes over to the GPU that turned out to work, between two requests', async () => {
    const { program: probeProgram } = probe('better', WORKS);
    const engine = client({ program: pretending(), probeProgram, settings: AUTO, platform, policy });
    const document = engine.document('tea.md', () => TOY_TEXT);
    // However often it is asked, and whatever happens in between: there is always an answer.
    while (!engine.lines.some((line) => line.includes('runs on the GPU'))) {
      expect((await document.plan(1)).units.length).toBeGreaterThan(5);
    }
    expect((await document.plan(1)).units.length).toBeGreaterThan(5);
    expect(engine.state).toMatchObject({ kind: 'ready', skippedDevice: undefined });
    expect(engine.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });

  it('goes over to the CPU where the GPU computes no numbers', async () => {
    const devices = new MapMemory();
    const { program: probeProgram } = probe('works-at-first', WORKS);
    const program = programs.write(
      'no-numbers.mjs',
      `const gpu = process.argv.indexOf('webgpu');
      const asked = new Set();
      if (gpu > 0) {
        process.argv[gpu] = 'cpu';
        const send = process.send.bind(process);
        process.send = (message, ...rest) =>
          send(asked.has(message.id) ? { jsonrpc: '2.0', id: message.id, error: { code: 6, message: 'No number.' } } : message, ...rest);
      }
      await import('./engine.mjs');
      process.on('message', ({ method, id }) => { if (gpu > 0 && method === 'document/plan') asked.add(id); });`,
    );
    const settings = () => ({ ...TINY, device: 'webgpu' as const });
    const engine = client({ program, probeProgram, devices, settings, platform, policy });
    const document = engine.document('tea.md', () => TOY_TEXT);
    expect((await document.plan(1)).units.length).toBeGreaterThan(5);
    expect(engine.state).toMatchObject({ skippedDevice: { reason: expect.stringContaining('no numbers') as string } });
    expect([...devices.verdicts.values()]).toMatchObject([{ kind: 'failed' }]);
  });

  it('does not hold a failure of the CPU against the GPU', async () => {
    const devices = new MapMemory();
    const { program: probeProgram } = probe('elsewhere', report({ ok: false, fault: 'elsewhere', reason: 'Memory.' }));
    const engine = client({ program: programs.engine, probeProgram, devices, settings: AUTO, platform, policy });
    await engine.load();
    await tried(engine);
    expect(devices.verdicts.size).toBe(0);
  });

  it.each(['start', 'use'] as const)(
    'goes over to the CPU where the engine dies at its %s of the GPU',
    async (when) => {
      const devices = new MapMemory();
      const { program: probeProgram } = probe(`works-${when}`, WORKS);
      const engine = client({
        program: mortal(when),
        probeProgram,
        devices,
        settings: AUTO,
        platform,
        policy,
      });
      await engine.load();
      const document = engine.document('tea.md', () => TOY_TEXT);
      const planned = async (): Promise<void> => expect((await document.plan(1)).units.length).toBeGreaterThan(5);
      await planned();
      // Went over to the GPU, and back.
      while (devices.verdicts.size === 0 || [...devices.verdicts.values()].some(({ kind }) => kind === 'works'))
        await planned();
      await planned();
      expect(engine.state).toMatchObject({
        kind: 'ready',
        skippedDevice: { device: 'webgpu', reason: expect.stringContaining('SIGABRT') as string },
      });
      expect([...devices.verdicts.values()]).toMatchObject([{ kind: 'failed' }]);
    },
  );

  it('goes over to the CPU where the GPU turns out not to open', async () => {
    const devices = new MapMemory();
    const { program: probeProgram } = probe('lies', WORKS);
    const options = { program: programs.engine, probeProgram, devices, platform, policy };
    const engine = client({ ...options, settings: () => ({ ...TINY, device: 'webgpu' }) });
    const document = engine.document('tea.md', () => TOY_TEXT);
    // Asked of the one that does not open, and not asked again otherwise.
    const [info, { reason }] = await Promise.all([engine.load(), document.complete(ASK)]);
    expect(reason?.kind).not.toBe('document-changed');
    // On a machine with a GPU it does open.
    if (info.device.kind === 'cpu') expect(engine.state).toMatchObject({ skippedDevice: { device: 'webgpu' } });
    expect([...devices.verdicts.values()]).toMatchObject([
      { kind: info.device.kind === 'webgpu' ? 'works' : 'failed' },
    ]);
  });

  it('ends a probe that hangs when the engine is stopped', async () => {
    const { program: probeProgram, runs } = probe('hangs', 'setTimeout(() => {}, 60_000);');
    const devices = new MapMemory();
    const options = { program: programs.engine, probeProgram, devices, platform };
    const engine = client({ ...options, settings: () => ({ ...TINY, device: 'webgpu' }) });
    const waiting = expect(engine.load()).rejects.toMatchObject({ code: 'stopped' });
    while (runs() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await engine.stop();
    await waiting;
    expect(devices.verdicts.size).toBe(0);
    expect(engine.state.kind).toBe('stopped');
  });
});
