import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GraphBuilder, ops, RuntimeUnavailableError } from '../../../../src/graph';
import { loadTfjs, TfjsRuntime } from '../../../../src/graph/tfjs';
import { floatTensor } from '../support';
import { tf } from './support';

const find = createRequire(import.meta.url);
const NAME = '@tensorflow/tfjs-node-gpu';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'planwright-tfjs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Puts a package in the folder's node_modules. */
function install(code: string): void {
  const at = join(folder, 'node_modules', NAME);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name: NAME, version: '4.22.0', main: 'index.js' }));
  writeFileSync(join(at, 'index.js'), code);
}

/** The package's code with another backend, `gpu` telling whether it claims to be one. */
function standIn(gpu: boolean): string {
  const core = dirname(find.resolve('@tensorflow/tfjs-core/package.json'));
  const cpu = dirname(find.resolve('@tensorflow/tfjs-backend-cpu/package.json'));
  return `require('node:util').isNullOrUndefined(null);
    require(${JSON.stringify(cpu)});
    const tf = require(${JSON.stringify(core)});
    module.exports = { ...tf, backend: () => ({ isUsingGpuDevice: ${gpu} }) };`;
}

describe('@tensorflow/tfjs-node-gpu', () => {
  it('tells version, backend and device, and computes', async () => {
    for (const gpu of [true, false]) {
      install(standIn(gpu));
      const { version, backend, device } = await loadTfjs({ from: folder });
      expect({ version, backend, device }).toEqual({
        version: tf.version_core,
        backend: 'cpu',
        device: gpu ? 'gpu' : 'cpu',
      });
      const runtime = await TfjsRuntime.open({ from: folder });
      expect(runtime.device).toBe(`tfjs-${device}`);
      const builder = new GraphBuilder('double');
      const x = builder.input('x', 'float32', [2]);
      builder.output('y', ops.add(x, x));
      const session = await runtime.createSession(builder.build());
      const outputs = await session.run({ x: floatTensor([1, 2], [2]) });
      expect(outputs.get('y')).toMatchObject({ data: Float32Array.of(2, 4) });
      await session.dispose();
      find.cache[join(folder, 'node_modules', NAME, 'index.js')] = undefined;
    }
  });

  it('leaves memory of the GPU to others, and sums in one order', async () => {
    install(standIn(true));
    await loadTfjs({ from: folder });
    expect(process.env.TF_FORCE_GPU_ALLOW_GROWTH).toBe('true');
    expect(process.env.TF_DETERMINISTIC_OPS).toBe('1');
  });

  it.each([
    ['is not installed in FOLDER.', undefined],
    [
      'is installed without its native library. Run: npm explore @tensorflow/tfjs-node-gpu -- npm run install',
      "throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: /x.\\nPlease run …');",
    ],
    [
      'is installed, but its library does not load: libtensorflow.so.2: cannot open shared object file.',
      "throw new Error('libtensorflow.so.2: cannot open shared object file');",
    ],
    ["is installed, but its library does not load: Cannot find module 'not-there'.", "require('not-there');"],
  ])('%s', async (reason, code) => {
    if (code !== undefined) install(code);
    const message = `${NAME} ${reason.replace('FOLDER', folder)}`;
    await expect(loadTfjs({ from: folder })).rejects.toThrow(RuntimeUnavailableError);
    await expect(TfjsRuntime.open({ from: folder })).rejects.toThrow(new RuntimeUnavailableError(message));
  });
});
