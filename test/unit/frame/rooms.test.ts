import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

/** The design's table of rooms: who may import from whom. Written out here, so that loosening the lint rule is noticed. */
const MAY_USE: Record<string, readonly string[]> = {
  text: [],
  graph: [],
  model: ['graph', 'text'],
  writing: ['model', 'text'],
  training: ['writing', 'model', 'graph', 'text'],
  engine: ['writing', 'training', 'model', 'text'],
  editor: ['engine', 'text'],
  cli: ['engine', 'writing', 'training', 'model', 'graph', 'text'],
};

const root = join(import.meta.dirname, '../../..');
const rooms = Object.keys(MAY_USE);

/** Any one source file of a room. */
function fileOf(room: string): string {
  const file = readdirSync(join(root, 'src', room)).find((name) => name.endsWith('.ts'));
  if (file === undefined) throw new Error(`src/${room} holds no TypeScript file.`);
  return file;
}

const eslint = new ESLint({ cwd: root });

async function lint(room: string, code: string, rule: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, 'src', room, fileOf(room)) });
  return result!.messages.filter((message) => message.ruleId === rule).map((message) => message.message);
}

describe('the import rule between rooms', () => {
  it.each(rooms)('holds for src/%s', async (room) => {
    const others = rooms.filter((other) => other !== room);
    const code = others.map((other) => `import '../${other}/${fileOf(other).replace(/\.ts$/, '')}';\n`).join('');
    const reported = await lint(room, code, 'import-x/no-restricted-paths');
    const forbidden = others.filter((other) => !MAY_USE[room]!.includes(other));
    expect(reported).toHaveLength(forbidden.length);
    for (const other of forbidden) expect(reported.some((message) => message.includes(`"../${other}/`))).toBe(true);
  });

  it('keeps vscode out of the rooms below the editor', async () => {
    expect(await lint('text', "import 'vscode';\n", 'no-restricted-imports')).toHaveLength(1);
  });
});
