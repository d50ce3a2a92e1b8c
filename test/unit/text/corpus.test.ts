import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { splitUnits, UnitDocument } from '../../../src/text/units';
import { expectCausal, expectTiling, numbersFrom, PIECES } from './laws';

const folder = fileURLToPath(new URL('../../../../shared/corpus', import.meta.url));
const files = ['valid', 'test', 'unseen', 'train-04'].map((name) => `${folder}/${name}.jsonl.zst`);

function documents(count: number): string[] {
  const out: string[] = [];
  for (const file of files) {
    const lines = execFileSync('zstd', ['-dc', '--long=27', file], { encoding: 'utf8', maxBuffer: 2 ** 30 }).split(
      '\n',
    );
    for (const line of lines.filter(Boolean)) out.push((JSON.parse(line) as { text: string }).text);
    if (out.length >= count) return out.slice(0, count);
  }
  return out;
}

function decompressor(): boolean {
  try {
    execFileSync('zstd', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const ready = files.every((file) => existsSync(file)) && decompressor();
if (!ready) console.log(`The laws on 2,000 documents are skipped: they need ${folder} and zstd.`);

describe.skipIf(!ready)('on 2,000 documents', () => {
  it('units tile the text, are causal, and survive edits', { timeout: 600_000 }, async () => {
    const texts = documents(2000);
    expect(texts).toHaveLength(2000);
    const random = numbersFrom(3);
    for (const text of texts) {
      // The test runner wants to hear from its workers.
      await setImmediate();
      const whole = splitUnits(text);
      expectTiling(text, whole);
      for (let i = 0; i < 6; i++) expectCausal(text, whole, random(text.length + 1));
      const newline = text.indexOf('\n', random(text.length));
      for (let at = Math.max(0, newline - 2); at <= Math.min(text.length, newline + 3); at++)
        expectCausal(text, whole, at);
      const document = new UnitDocument(text);
      for (let i = 0; i < 2; i++) {
        const start = random(document.text.length + 1);
        document.edit(start, Math.min(document.text.length, start + random(30)), PIECES[random(PIECES.length)]!);
      }
      expect(document.units).toEqual(splitUnits(document.text));
    }
  });
});
