import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnitDocument } from '../../../src/text/units';
import { PlanTable, topLabels } from '../../../src/writing/planTable';
import { UnitCache } from '../../../src/writing/unitCache';
import { ToyModel } from '../support/toyModel';

const sentence = fc.constantFrom('One is here. ', 'Two is there. ', 'Three!\n\n', '# Four\n', '- five\n', 'Six? ');

describe('the plan table', () => {
  it('is after any edits what it is from scratch', async () => {
    const model = new ToyModel();
    await fc.assert(
      fc.asyncProperty(
        fc.array(sentence, { maxLength: 30 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.array(sentence, { maxLength: 3 })), { maxLength: 4 }),
        async (parts, edits) => {
          const document = new UnitDocument(parts.join(''));
          const table = new PlanTable(model, new UnitCache(model), document);
          await table.ensure(0, document.units.length);
          for (const [at, length, replacement] of edits) {
            const start = at % (document.text.length + 1);
            const { from, oldTo, newTo } = document.edit(
              start,
              Math.min(document.text.length, start + length),
              replacement.join(''),
            );
            table.splice(from, oldTo, newTo);
            const rows = await table.ensure(0, document.units.length);
            const fresh = new PlanTable(model, new UnitCache(model), new UnitDocument(document.text));
            const expected = await fresh.ensure(0, document.units.length);
            expect(rows.map((row) => row.steps)).toEqual(expected.map((row) => row.steps));
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps the plans that an edit does not reach', async () => {
    const model = new ToyModel();
    const document = new UnitDocument('One is here. '.repeat(40));
    const table = new PlanTable(model, new UnitCache(model), document);
    const before = await table.ensure(0, 40);
    const { from, oldTo, newTo } = document.edit(10 * 13, 10 * 13 + 3, 'Ten');
    table.splice(from, oldTo, newTo);
    const after = await table.ensure(0, 40);
    const same = after.map((row, r) => row === before[r]);
    expect(same.slice(0, 11)).not.toContain(false);
    expect(same.slice(11, 11 + table.reach - 1)).not.toContain(true);
    expect(same.slice(11 + table.reach)).not.toContain(false);
  });

  it('asked again for all of a document of some hundred kilobytes computes nothing', async () => {
    const model = new ToyModel();
    const document = new UnitDocument('Some words stand here. '.repeat(6000));
    const table = new PlanTable(model, new UnitCache(model), document);
    const before = await table.ensure(0, 6000);
    const { steps } = before[0]!;
    const after = await table.ensure(0, 6000);
    expect(after.every((row, r) => row === before[r])).toBe(true);
    expect(after[0]!.steps).toBe(steps);
  });

  it('forgets probabilities of a long document and brings them back as they were', async () => {
    const model = new ToyModel();
    const document = new UnitDocument(Array.from({ length: 8300 }, (_, i) => `Number ${i} is here. `).join(''));
    const table = new PlanTable(model, new UnitCache(model), document);
    const [first] = await table.ensure(3, 3);
    const { steps } = first!;
    await table.ensure(5, 8299);
    expect(first!.steps).toBeUndefined();
    const [again] = await table.ensure(3, 3);
    expect(again).toBe(first);
    expect(again!.steps).toEqual(steps);
  });
});

it('topLabels lists the most probable first, equals by id', () => {
  expect(topLabels(Float32Array.of(0.25, 0.5, 0, 0.25), 3).map(({ id }) => id)).toEqual([1, 0, 3]);
  expect(topLabels(Float32Array.of(0.5, 0.5), 5)).toHaveLength(2);
  expect(topLabels(Float32Array.of(0.5, 0.5), 0)).toEqual([]);
});
