import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TOY_TEXT } from '../support/toyText';
import { client, MapMemory, stopAll, TINY, usePrograms } from './support';

const programs = usePrograms();
afterAll(stopAll);

const AUTO = () => ({ ...TINY, device: 'auto' as const });
/** A platform with GPU support, whatever this machine is. */
const platform = 'linux-x64';

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
const WORKS = report({ ok: true, device: 'GPU', openMilliseconds: 1, tokenMilliseconds: 1, cpuTokenMilliseconds: 2 });

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

describe('the choice of a device', () => {
  it('remembers a probe that was brought down, and does not try again', async () => {
    const devices = new MapMemory();
    const { program: probeProgram, runs } = probe('aborts', 'process.abort();');
    const options = { program: programs.engine, probeProgram, devices, settings: AUTO, platform };
    const engine = client(options);
    expect((await engine.load()).device.kind).toBe('cpu');
    expect(engine.state).toMatchObject({
      skippedDevice: { device: 'webgpu', reason: expect.stringContaining('SIGABRT') as string },
    });
    expect([...devices.verdicts.values()]).toMatchObject([{ usable: false }]);
    await engine.restart();
    const other = client(options);
    await other.load();
    expect(other.state).toMatchObject({ skippedDevice: { device: 'webgpu' } });
    expect(runs()).toBe(1);
    await other.forgetDevices();
    await other.restart();
    expect(runs()).toBe(2);
  });

  it('tries a GPU that failed before once more where it is asked for by name', async () => {
    const devices = new MapMemory();
    const { program: probeProgram, runs } = probe(
      'fails',
      report({ ok: false, fault: 'device', reason: 'No adapter.' }),
    );
    const options = { program: programs.engine, probeProgram, devices, platform };
    await client({ ...options, settings: AUTO }).load();
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

  it('takes the CPU where the GPU is slower, unless the GPU is asked for', async () => {
    const slow = { ok: true, device: 'GPU', openMilliseconds: 1, tokenMilliseconds: 30, cpuTokenMilliseconds: 5 };
    const { program: probeProgram } = probe('slow', report(slow));
    const engine = client({ program: programs.engine, probeProgram, settings: AUTO, platform });
    await engine.load();
    expect(engine.state).toMatchObject({
      skippedDevice: { reason: 'It is slower than the CPU: 30 ms per token against 5 ms.' },
    });
  });

  it('does not hold a broken model against the GPU', async () => {
    const devices = new MapMemory();
    const { program: probeProgram } = probe('broken', report({ ok: false, fault: 'model', reason: 'labels.json' }));
    await client({ program: programs.engine, probeProgram, devices, settings: AUTO, platform }).load();
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
        // Not a restart of those that are counted.
        policy: { delays: [] },
      });
      const document = engine.document('tea.md', () => TOY_TEXT);
      expect((await document.plan(1)).units.length).toBeGreaterThan(5);
      expect(engine.state).toMatchObject({
        kind: 'ready',
        skippedDevice: { device: 'webgpu', reason: expect.stringContaining('SIGABRT') as string },
      });
      expect([...devices.verdicts.values()]).toMatchObject([{ usable: false }]);
    },
  );

  it('goes over to the CPU where the GPU turns out not to open', async () => {
    const devices = new MapMemory();
    const { program: probeProgram } = probe('lies', WORKS);
    const engine = client({ program: programs.engine, probeProgram, devices, settings: AUTO, platform });
    const info = await engine.load();
    // On a machine with a GPU it does open.
    if (info.device.kind === 'cpu') expect(engine.state).toMatchObject({ skippedDevice: { device: 'webgpu' } });
    expect([...devices.verdicts.values()]).toMatchObject([{ usable: info.device.kind === 'webgpu' }]);
  });

  it('ends a probe that hangs when the engine is stopped', async () => {
    const { program: probeProgram, runs } = probe('hangs', 'setTimeout(() => {}, 60_000);');
    const devices = new MapMemory();
    const engine = client({ program: programs.engine, probeProgram, devices, settings: AUTO, platform });
    const waiting = expect(engine.load()).rejects.toMatchObject({ code: 'stopped' });
    while (runs() === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await engine.stop();
    await waiting;
    expect(devices.verdicts.size).toBe(0);
    expect(engine.state.kind).toBe('stopped');
  });
});
