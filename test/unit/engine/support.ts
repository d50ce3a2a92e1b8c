import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect } from 'vitest';
import { EngineClient, type EngineClientOptions } from '../../../src/engine/client';
import type { DeviceMemory, DeviceVerdict } from '../../../src/engine/deviceChoice';
import type { CompleteRequest, EngineState } from '../../../src/engine/engine';
import type { EngineSettings } from '../../../src/engine/settings';
import { TINY_FOLDER } from '../support/toyModel';
import { TOY_TEXT } from '../support/toyText';

const root = join(import.meta.dirname, '../../..');

export interface Programs {
  readonly folder: string;
  /** The engine's program, built from source. */
  readonly engine: string;
  /** Writes a program of these lines; returns its path. */
  write(name: string, source: string): string;
}

/** Builds the engine's program into a folder of its own for one test file. It lies in the project, where it finds onnxruntime-node. */
export function usePrograms(): Programs {
  let folder = '';
  beforeAll(async () => {
    mkdirSync(join(root, '.cache'), { recursive: true });
    folder = mkdtempSync(join(root, '.cache', 'engine-test-'));
    await build({
      entryPoints: [join(root, 'src', 'engine', 'main.ts')],
      outfile: join(folder, 'engine.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['onnxruntime-node'],
      banner: {
        js: "import { createRequire as r } from 'node:module';\nconst require = r(import.meta.url);",
      },
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get folder() {
      return folder;
    },
    get engine() {
      return join(folder, 'engine.mjs');
    },
    write: (name, source) => {
      const path = join(folder, name);
      writeFileSync(path, source);
      return path;
    },
  };
}

export class MapMemory implements DeviceMemory {
  readonly verdicts = new Map<string, DeviceVerdict>();

  get(key: string): DeviceVerdict | undefined {
    return this.verdicts.get(key);
  }

  set(key: string, verdict: DeviceVerdict): void {
    this.verdicts.set(key, verdict);
  }
}

export const TINY: EngineSettings = { folder: TINY_FOLDER, device: 'cpu', weights: 'float32', idleMinutes: 0 };

/** A completion at the end of the toy text. */
export const ASK: CompleteRequest = {
  offset: TOY_TEXT.length,
  pins: [],
  never: [],
  gate: 'open',
  stop: 'paragraph',
  alternatives: 1,
  maxTokens: 24,
};

/** A client that keeps what it was told and what it said. */
export class TestClient extends EngineClient {
  readonly states: EngineState[] = [];
  readonly lines: string[];

  constructor(options: Partial<EngineClientOptions> & { readonly program: string }) {
    const lines: string[] = [];
    super({
      settings: () => TINY,
      devices: new MapMemory(),
      log: (level, message) => lines.push(`${level}: ${message}`),
      ...options,
    });
    this.lines = lines;
    this.onDidChangeState((state) => this.states.push(state));
  }

  get kinds(): string[] {
    return this.states.map(({ kind }) => kind);
  }

  /** Resolves when the state is, or becomes, one of these. */
  reached(...kinds: EngineState['kind'][]): Promise<EngineState> {
    if (kinds.includes(this.state.kind)) return Promise.resolve(this.state);
    return new Promise((resolve) => {
      const listening = this.onDidChangeState((state) => {
        if (!kinds.includes(state.kind)) return;
        listening.dispose();
        resolve(state);
      });
    });
  }

  /** Process id of the live engine. */
  async pid(): Promise<number> {
    const memory = await this.memory();
    if (memory === undefined) throw new Error('There is no engine process.');
    return memory.pid;
  }

  /** Resolves once the line was logged. */
  async logged(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.lines.find((each) => pattern.test(each));
      if (line !== undefined) return line;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

const clients: EngineClient[] = [];

/** A client that is stopped at the end of the test file. */
export function client(options: Partial<EngineClientOptions> & { readonly program: string }): TestClient {
  const made = new TestClient(options);
  clients.push(made);
  return made;
}

/** Ends all processes of a test file. */
export async function stopAll(): Promise<void> {
  await Promise.all(clients.splice(0).map((each) => each.stop()));
}

/** Kills a program that forks a process of ours and says "ready" on the output that both hold; resolves once both are gone. */
export async function killParent(program: string): Promise<void> {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  expect(line).toMatch(/^ready \d+/);
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
