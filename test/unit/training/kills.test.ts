import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openModel } from '../../../src/model/openModel';
import type { JobOptions, TrainingReport } from '../../../src/training/jobTypes';
import { WorkspaceStore } from '../../../src/training/store';
import { seededRandom } from '../../../src/writing/sampling';
import { TINY_MODEL } from './reference';
import { jobOptions, writeWorkspace } from './workspace';

const root = join(import.meta.dirname, '../../..');
const KILLS = 20;
const TIMEOUT_MS = 300_000;

let programs = '';
let folder = '';
beforeAll(async () => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  programs = mkdtempSync(join(root, '.cache', 'kills-test-'));
  folder = mkdtempSync(join(tmpdir(), 'planwright-kills-'));
  writeWorkspace(join(folder, 'workspace'), 20);
  const source = `
    import { fineTune } from ${JSON.stringify(join(root, 'src/training/job.ts'))};
    const control = { signal: new AbortController().signal, onStop: 'keep', paused: () => undefined, onProgress: ({ phase, step }) => process.send(\`\${phase} \${step}\`) };
    process.send({ report: await fineTune(JSON.parse(process.argv[2]), control) });
    process.disconnect();`;
  await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    outfile: join(programs, 'train.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['onnxruntime-node'],
    banner: {
      js: "import { createRequire as r } from 'node:module';\nconst require = r(import.meta.url);\nconst __filename = new URL(import.meta.url).pathname;",
    },
    logLevel: 'error',
  });
});
afterAll(() => {
  rmSync(programs, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the job in a process of its own. @param killAt told each message; true kills it, and there is no report */
async function train(options: JobOptions, killAt: (message: string) => boolean): Promise<TrainingReport | undefined> {
  const child = spawn(process.execPath, [join(programs, 'train.mjs'), JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let report: TrainingReport | undefined;
  child.on('message', (message) => {
    if (typeof message !== 'string') report = (message as { report: TrainingReport }).report;
    else if (killAt(message)) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return report;
}

it(
  `is killed ${KILLS} times at random moments, and ends as if it had not been`,
  async () => {
    const whole = await train({ ...jobOptions(folder), storeFolder: join(folder, 'whole') }, () => false);
    const options = { ...jobOptions(folder), resume: true };
    const store = new WorkspaceStore(options.storeFolder);
    const random = seededRandom(1);
    let furthest = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // From the reading of the first file to somewhere behind the last checkpoint.
      let left = Math.floor(random() * 40);
      const report = await train(options, (message) => {
        furthest = Math.max(furthest, message.startsWith('training') ? Number(message.split(' ')[1]) : 0);
        return left-- === 0;
      });
      expect(report).toBeUndefined();
      expect(await store.current()).toBeUndefined();
      await (await openModel(await store.activeFolder(TINY_MODEL))).close();
    }
    expect(furthest).toBeGreaterThan(0);
    const resumed = await train(options, () => false);
    expect(resumed?.outcome).toBe('adopted');
    expect(resumed?.curve).toEqual(whole?.curve);
    expect(resumed?.after?.perplexity).toBe(whole?.after?.perplexity);
    await (await openModel(await store.activeFolder(TINY_MODEL), { verify: true })).close();
  },
  TIMEOUT_MS,
);
