import { afterAll, describe, expect, it } from 'vitest';
import { EngineCancelled, type EngineDocument } from '../../../src/engine/engine';
import { seededRandom } from '../../../src/writing/sampling';
import { TOY_TEXT } from '../support/toyText';
import { client, stopAll, usePrograms } from './support';

const programs = usePrograms();
afterAll(stopAll);

const PIECES = ['Then wait. ', '\n\n', '- a spoon\n', 'x', 'tea ', '# More\n', '', ' It is hot.', '😀', '\r\n'];

/** A text with an engine document that follows it, and edits by chance. */
class Writer {
  text = TOY_TEXT;
  readonly document: EngineDocument;
  private readonly random: () => number;

  constructor(engine: ReturnType<typeof client>, seed: number) {
    this.random = seededRandom(seed);
    this.document = engine.document('text.md', () => this.text);
  }

  edit(count: number): void {
    for (let i = 0; i < count; i++) {
      const start = Math.floor(this.random() * (this.text.length + 1));
      const end = Math.min(this.text.length, start + Math.floor(this.random() * 12));
      this.replace(start, end, PIECES[Math.floor(this.random() * PIECES.length)]!);
    }
  }

  replace(start: number, end: number, text: string): void {
    this.text = this.text.slice(0, start) + text + this.text.slice(end);
    this.document.edited(start, end, text);
  }
}

describe('a document that is edited', () => {
  it('has the plan that its text has when it is opened afresh', async () => {
    const engine = client({ program: programs.engine });
    const writer = new Writer(engine, 1);
    for (let round = 0; round < 12; round++) {
      // More edits at once than are sent one by one, too.
      writer.edit(round === 6 ? 700 : 1 + round);
      const fresh = engine.document('fresh.md', () => writer.text);
      expect(await writer.document.plan(3)).toEqual(await fresh.plan(3));
      fresh.dispose();
    }
    expect(engine.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
    expect((await engine.memory())!.documents).toBe(1);
  });

  it('is freed when it rests, and opened again by the next request; closed it is never opened again', async () => {
    const engine = client({ program: programs.engine });
    const writer = new Writer(engine, 3);
    const before = await writer.document.plan(2);
    writer.document.release();
    expect((await engine.memory())!.documents).toBe(0);
    expect(await writer.document.plan(2)).toEqual(before);
    writer.document.dispose();
    await expect(writer.document.plan(2)).rejects.toBeInstanceOf(EngineCancelled);
    expect((await engine.memory())!.documents).toBe(0);
  });

  it('is not sent again for what was asked before it was released', async () => {
    const engine = client({ program: programs.engine });
    const writer = new Writer(engine, 3);
    const asked = writer.document.plan(2);
    writer.document.release();
    await expect(asked).rejects.toBeInstanceOf(EngineCancelled);
    await engine.load();
    expect((await engine.memory())!.documents).toBe(0);
    expect((await writer.document.plan(2)).units.length).toBeGreaterThan(0);
  });

  it('has the text of its owner after a reset, and when edits did not fit', async () => {
    const engine = client({ program: programs.engine });
    const writer = new Writer(engine, 2);
    await writer.document.plan(1);
    writer.text = `An introduction.\n\n${writer.text}`;
    writer.document.reset();
    const plan = await writer.document.plan(1);
    expect(plan.units[0]).toMatchObject({ start: 0 });
    expect(plan.units.at(-1)!.end).toBe(writer.text.length);
    writer.document.edited(1e6, 1e6, 'nowhere');
    expect(await writer.document.plan(1)).toEqual(plan);
    expect(engine.lines.some((line) => line.startsWith('warn'))).toBe(true);
  });

  it('sends what is typed as one edit, before the next request', async () => {
    const engine = client({ program: programs.engine });
    const writer = new Writer(engine, 3);
    await writer.document.plan(1);
    for (const letter of 'Milk is white. ') writer.replace(writer.text.length, writer.text.length, letter);
    const plan = await writer.document.plan(1);
    expect(plan.units.at(-1)!.end).toBe(writer.text.length);
  });

  it('goes on where a completion is overtaken by an edit', async () => {
    const engine = client({ program: programs.engine });
    const writer = new Writer(engine, 4);
    const ask = { pins: [], never: [], gate: 'open', stop: 'paragraph', alternatives: 1 } as const;
    await writer.document.plan(1);
    const first = writer.document.complete({ ...ask, offset: writer.text.length });
    writer.replace(writer.text.length, writer.text.length, 'The');
    const second = writer.document.complete({ ...ask, offset: writer.text.length });
    expect((await first).reason?.kind).toBe('document-changed');
    expect((await second).reason?.kind).not.toBe('document-changed');
    const next = writer.document.next(3, 1, []);
    writer.replace(0, 0, 'A');
    await expect(next).rejects.toBeInstanceOf(EngineCancelled);
  });

  it('lets a completion go before a plan, which is made all the same', async () => {
    const engine = client({ program: programs.engine });
    const long = Array.from({ length: 60 }, (_, i) => TOY_TEXT.replaceAll('tea', `tea ${i}`)).join('\n');
    const document = engine.document('long.md', () => long);
    const ends: string[] = [];
    let begun: () => void = () => undefined;
    const began = new Promise<void>((resolve) => (begun = resolve));
    const plan = document
      .plan(1, undefined, () => begun())
      .then((reply) => {
        ends.push('plan');
        return reply;
      });
    await began;
    const ask = { offset: 40, pins: [], never: [], gate: 'open', stop: 'sentence', alternatives: 1 } as const;
    await document.complete(ask).then(() => ends.push('completion'));
    const { units } = await plan;
    expect(units.length).toBeGreaterThan(500);
    expect(ends).toEqual(['completion', 'plan']);
  });
});
