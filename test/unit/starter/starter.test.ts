import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../../src/model/openModel';
import type { PlannerLM } from '../../../src/model/plannerLm';
import { evaluate } from '../../../src/writing/evaluation';
import { DocumentSession } from '../../../src/writing/session';

/** The bundled model itself, from opening to a completion. */
const TEXT = [
  '# Installing the tool',
  '',
  'You can install the package with npm. The following command installs the latest version.',
  '',
  'After the installation is complete, you can ',
].join('\n');

let model: PlannerLM;
beforeAll(async () => {
  model = await openModel(fileURLToPath(new URL('../../../models/starter', import.meta.url)), { verify: true });
});
afterAll(() => model.close());

describe('the bundled model', () => {
  it('plans: each distribution sums to 1, and labels have names, terms and examples', async () => {
    const session = new DocumentSession(model, TEXT);
    const units = await session.plan({ top: model.config.labels.count });
    expect(units.map(({ start, end }) => TEXT.slice(start, end)).join('')).toBe(TEXT);
    for (const { predicted, surprisal, label } of units) {
      expect(predicted.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4);
      const own = predicted.find(({ id }) => id === label)!;
      expect(surprisal).toBeCloseTo(-Math.log2(own.probability), 3);
      expect(model.labels.get(label).name).not.toBe('');
    }
    expect(await session.next()).toHaveLength(3);
  });

  it('completes in words, the same for the same seed, and otherwise for another', async () => {
    const complete = (seed: number) =>
      new DocumentSession(model, TEXT).complete(TEXT.length, { temperature: 1, seed, alternatives: 1 });
    const [first, again] = [await complete(1), await complete(1)];
    expect(first.completions.map(({ text }) => text)).toEqual(again.completions.map(({ text }) => text));
    const others = await Promise.all([2, 3, 4, 5].map(complete));
    const texts = new Set([first, ...others].flatMap(({ completions }) => completions.map(({ text }) => text)));
    expect(texts.size).toBeGreaterThan(1);
    const greedy = await new DocumentSession(model, TEXT).complete(TEXT.length);
    expect(greedy.completions[0]!.text).toMatch(/^[a-z]+( [\w`*-]+)+/i);
  });

  it('offers alternatives that follow different labels, and obeys a pin with its plan', async () => {
    const session = new DocumentSession(model, `${TEXT}start it. `);
    const { completions } = await session.complete(session.text.length, { alternatives: 3 });
    const labels = completions.map((completion) => completion.labels[0]!.id);
    expect(new Set(labels).size).toBe(labels.length);
    expect(completions.length).toBeGreaterThan(1);
    const pinned = await session.complete(session.text.length, { pins: [labels[1]!] });
    expect(pinned.completions[0]?.labels[0]).toMatchObject({ id: labels[1], pinned: true });
  });

  it('after edits says what a session that never saw them says', async () => {
    const session = new DocumentSession(model, TEXT);
    await session.complete(session.text.length);
    session.edit(2, 12, 'Setting up');
    session.edit(session.text.length, session.text.length, 'now ');
    const fresh = new DocumentSession(model, session.text);
    const [edited, anew] = [await session.complete(session.text.length), await fresh.complete(fresh.text.length)];
    expect(edited.completions.map(({ text }) => text)).toEqual(anew.completions.map(({ text }) => text));
    expect((await session.plan()).map(({ label }) => label)).toEqual((await fresh.plan()).map(({ label }) => label));
  });

  it('knows prose: under 1.5 bits per character', async () => {
    const prose = TEXT + 'run the following command to see the list of options.\n';
    const [row] = await evaluate(model, [prose], { rows: ['soft'] });
    expect(row!.bitsPerCharacter).toBeLessThan(1.5);
  });
});
