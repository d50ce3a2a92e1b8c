import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrainingError } from '../../../../src/training/errors';
import { evaluationWindows } from '../../../../src/writing/evaluation';
import {
  heldOutBatches,
  TrainingBatches,
  type Batch,
  type BatchModel,
  type BatchShape,
} from '../../../../src/training/corpus/batches';
import type { PreparedDocument } from '../../../../src/training/corpus/prepared';
import { heldOutWindows } from '../../../../src/training/corpus/windows';

const model: BatchModel = { endOfText: 0, embeddingSize: 2, steps: 3 };

/** Tokens, units and labels are numbered through all documents, from 1 on, so that each tells where it comes from. */
interface Numbered extends PreparedDocument {
  readonly firstToken: number;
  readonly firstUnit: number;
}

/** A document from how many tokens each unit conditions (0: it is passed over), which tokens are scored and which start a line. */
function numbered(
  unitLengths: readonly number[],
  flags: readonly { readonly scored: boolean; readonly line: boolean }[],
  before: Numbered | undefined,
): Numbered {
  const firstToken = before ? before.firstToken + before.tokens.length : 1;
  const firstUnit = before ? before.firstUnit + before.kinds.length : 1;
  const unitOf = unitLengths.flatMap((length, unit) => Array.from({ length }, () => unit));
  const count = unitOf.length;
  const flag = (t: number): { scored: boolean; line: boolean } => flags[t % flags.length]!;
  const numbers = (first: number, length: number): Int32Array => Int32Array.from({ length }, (_, i) => first + i);
  return {
    firstToken,
    firstUnit,
    tokens: numbers(firstToken, count),
    unitOf: Int32Array.from([...unitOf, Math.max(0, unitLengths.length - 1)]),
    kinds: numbers(firstUnit, unitLengths.length),
    labels: numbers(firstUnit, unitLengths.length),
    embeddings: Float32Array.from({ length: 2 * unitLengths.length }, (_, i) => firstUnit + (i >> 1) + (i % 2) / 2),
    scored: Uint8Array.from({ length: count }, (_, t) => (flag(t).scored ? 1 : 0)),
    lineStarts: numbers(0, count).filter((t) => t === 0 || flag(t).line),
    characters: count,
  };
}

const shape: fc.Arbitrary<BatchShape> = fc
  .record({
    batch: fc.integer({ min: 1, max: 4 }),
    length: fc.integer({ min: 1, max: 24 }),
    view: fc.nat(5),
    room: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ batch, length, view, room }) => ({ batch, length, view, units: view + room }));

const flags = fc.array(fc.record({ scored: fc.boolean(), line: fc.boolean() }), { minLength: 1, maxLength: 40 });
const documents = fc.array(fc.tuple(fc.array(fc.nat(9), { maxLength: 30 }), flags), { maxLength: 5 }).map((list) => {
  const out: Numbered[] = [];
  for (const [lengths, given] of list) out.push(numbered(lengths, given, out.at(-1)));
  return out;
});

/** One row of a batch, and the document it was cut from, found by its tokens. */
interface Row {
  readonly tokens: Int32Array;
  readonly targets: Int32Array;
  readonly weights: Float32Array;
  readonly unitOf: Int32Array;
  readonly embeddings: Float32Array;
  readonly kinds: Int32Array;
  readonly isStart: Uint8Array;
  readonly labels: Int32Array;
  readonly labelWeights: Float32Array;
}

function rowsOf(batch: Batch, { batch: B, length, units }: BatchShape): Row[] {
  return Array.from({ length: B }, (_, row) => {
    const part = <T extends Int32Array | Float32Array | Uint8Array>(list: T, width: number): T =>
      list.subarray(row * width, (row + 1) * width) as T;
    return {
      tokens: part(batch.tokens, length),
      targets: part(batch.targets, length),
      weights: part(batch.targetWeights, length),
      unitOf: part(batch.unitOf, length),
      embeddings: part(batch.embeddings, units * model.embeddingSize),
      kinds: part(batch.kinds, units),
      isStart: part(batch.isStart, units),
      labels: part(batch.labels, units * model.steps),
      labelWeights: part(batch.labelWeights, units * model.steps),
    };
  });
}

/** Checks a row against what the document that its targets come from says of every position. Which tokens count is the row's to say. */
function check(row: Row, list: readonly Numbered[], { units, view, length }: BatchShape): void {
  const counted = row.weights.indexOf(1);
  if (counted < 0) {
    expect(
      Object.values(row as unknown as Record<string, ArrayLike<number>>)
        .flatMap((values) => Array.from(values))
        .every((value) => value === 0),
    ).toBe(true);
    return;
  }
  const target = row.targets[counted]!;
  const document = list.find(({ firstToken, tokens }) => target >= firstToken && target < firstToken + tokens.length)!;
  const at = target - document.firstToken - counted;
  const first = Math.max(0, document.unitOf[at]! - view);
  // A window is cut short by its shape or by its document only.
  const fits = (t: number): boolean => t < document.tokens.length && document.unitOf[t]! - first < units;
  const used = Array.from({ length }, (_, i) => at + i).filter(fits);
  const lastUnit = document.unitOf[used.at(-1)!]!;
  const padded = (values: readonly number[], to: number): number[] => [
    ...values,
    ...Array.from({ length: to - values.length }, () => 0),
  ];
  const positions = Array.from({ length: lastUnit - first + 1 }, (_, p) => first + p);
  const read = positions.map((unit) => (unit === 0 ? 0 : document.firstUnit + unit - 1));
  const labels = positions.flatMap((unit) =>
    Array.from({ length: model.steps }, (_, step) => (unit + step <= lastUnit ? document.firstUnit + unit + step : 0)),
  );
  expect({
    tokens: Array.from(row.tokens),
    targets: Array.from(row.targets),
    unitOf: Array.from(row.unitOf),
    kinds: Array.from(row.kinds),
    embeddings: Array.from(row.embeddings),
    isStart: Array.from(row.isStart),
    labels: Array.from(row.labels),
  }).toEqual({
    tokens: padded(
      used.map((t) => (t === at ? model.endOfText : document.tokens[t - 1]!)),
      length,
    ),
    targets: padded(
      used.map((t, i) => (row.weights[i] === 1 ? document.tokens[t]! : 0)),
      length,
    ),
    unitOf: padded(
      used.map((t) => document.unitOf[t]! - first),
      length,
    ),
    kinds: padded(read, units),
    embeddings: padded(
      read.flatMap((number) => (number === 0 ? [0, 0] : [number, number + 0.5])),
      2 * units,
    ),
    isStart: padded(
      positions.map((unit) => (unit === 0 ? 1 : 0)),
      units,
    ),
    labels: padded(labels, units * model.steps),
  });
  expect(row.weights.every((weight, i) => weight === 0 || document.scored[at + i] === 1)).toBe(true);
  expect(row.labelWeights.every((weight, i) => weight === 0 || row.labels[i] !== 0)).toBe(true);
}

describe('held-out batches', () => {
  it('predict every scored token once, from the token before it and under its own unit’s plan', () => {
    fc.assert(
      fc.property(documents, shape, (list, sizes) => {
        const predicted: number[] = [];
        const labelled: number[] = [];
        for (const batch of heldOutBatches(list, sizes, model)) {
          for (const row of rowsOf(batch, sizes)) {
            check(row, list, sizes);
            predicted.push(...row.targets.filter((_, i) => row.weights[i] === 1));
            labelled.push(...row.labels.filter((_, i) => i % model.steps === 0 && row.labelWeights[i] === 1));
          }
        }
        const scored = list.flatMap((document) =>
          Array.from(document.tokens).filter((_, t) => document.scored[t] === 1),
        );
        expect(predicted).toEqual(scored);
        expect(new Set(labelled).size).toBe(labelled.length);
        // Where all tokens count, so do all units that a token is conditioned on.
        if (list.every((document) => !document.scored.includes(0))) {
          const conditioning = new Set(
            list.flatMap(({ firstUnit, unitOf, tokens }) =>
              Array.from(unitOf.subarray(0, tokens.length), (unit) => firstUnit + unit),
            ),
          );
          expect(labelled.filter((unit) => conditioning.has(unit))).toEqual([...conditioning]);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('come from the windows of the evaluation where there is room for their units', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 50 }), (tokens, length) => {
        const document = numbered([tokens], [{ scored: true, line: false }], undefined);
        const windows = heldOutWindows(document, { length, units: 1000, view: 10 });
        expect(windows.map(({ at, done, end }) => ({ at, done, end }))).toEqual(evaluationWindows(tokens, length));
      }),
    );
  });

  it('stay few where units are short', () => {
    const document = numbered(
      Array.from({ length: 1000 }, () => 2),
      [{ scored: true, line: false }],
      undefined,
    );
    const windows = heldOutWindows(document, { length: 256, units: 80, view: 64 });
    // Room for 16 units, that is 32 tokens, a quarter of which may be read before.
    expect(windows.length).toBeLessThan(2000 / 24 + 5);
  });
});

describe('training batches', () => {
  const withText = documents.filter((list) => list.some(({ scored }) => scored.includes(1)));

  it('depend on the seed and the step alone', () => {
    fc.assert(
      fc.property(
        withText,
        shape,
        fc.integer(),
        fc.array(fc.nat(1000), { maxLength: 4 }),
        (list, sizes, seed, steps) => {
          const given = { documents: list, shape: sizes, seed, model, replay: list.slice(0, 2), replayShare: 0.3 };
          const one = new TrainingBatches(given);
          const expected = steps.map((step) => new TrainingBatches(given).at(step));
          expect(steps.map((step) => one.at(step))).toEqual(expected);
          expect(
            [...steps]
              .reverse()
              .map((step) => one.at(step))
              .reverse(),
          ).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('hold windows of the documents in which something counts, that start a line or at a token that counts', () => {
    fc.assert(
      fc.property(withText, shape, fc.integer(), (list, sizes, seed) => {
        const batches = new TrainingBatches({ documents: list, shape: sizes, seed, model });
        for (let step = 0; step < 5; step++) {
          for (const row of rowsOf(batches.at(step), sizes)) {
            check(row, list, sizes);
            const first = row.weights.indexOf(1);
            expect(first).toBeGreaterThanOrEqual(0);
            const document = list.find(({ firstToken, tokens }) => row.targets[first]! < firstToken + tokens.length)!;
            const at = row.targets[first]! - document.firstToken - first;
            expect(document.lineStarts.includes(at) || document.scored[at] === 1).toBe(true);
            // Every unit that the row shows has its label learnt.
            expect(Array.from(row.labelWeights)).toEqual(Array.from(row.labels, (label) => (label === 0 ? 0 : 1)));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  const plain = [{ scored: true, line: true }];
  const a = numbered(
    Array.from({ length: 100 }, () => 10),
    plain,
    undefined,
  );
  const b = numbered(
    Array.from({ length: 300 }, () => 10),
    plain,
    a,
  );
  const sizes: BatchShape = { batch: 8, length: 64, units: 16, view: 4 };

  it('differ by seed and step, and draw documents by their tokens', () => {
    const batches = new TrainingBatches({ documents: [a, b], shape: sizes, seed: 1, model });
    expect(batches.at(0)).not.toEqual(batches.at(1));
    expect(batches.at(0)).not.toEqual(new TrainingBatches({ documents: [a, b], shape: sizes, seed: 2, model }).at(0));
    let ofA = 0;
    const starts = new Set<number>();
    for (let step = 0; step < 100; step++) {
      for (const row of rowsOf(batches.at(step), sizes)) {
        if (row.targets[0]! < b.firstToken) ofA++;
        starts.add(row.targets[0]!);
      }
    }
    expect(ofA / 800).toBeGreaterThan(0.2);
    expect(ofA / 800).toBeLessThan(0.3);
    expect(starts.size).toBeGreaterThan(600);
  });

  it('mix in replay at exactly its share', () => {
    for (const share of [0, 0.1, 1 / 3, 0.9]) {
      const batches = new TrainingBatches({
        documents: [a],
        replay: [b],
        replayShare: share,
        shape: sizes,
        seed: 1,
        model,
      });
      let replayed = 0;
      for (let step = 0; step < 30; step++) {
        for (const row of rowsOf(batches.at(step), sizes)) if (row.targets[0]! >= b.firstToken) replayed++;
        expect(Math.abs(replayed - (step + 1) * 8 * share)).toBeLessThanOrEqual(1);
      }
    }
    const none = new TrainingBatches({ documents: [a], replay: [], replayShare: 0.5, shape: sizes, seed: 1, model });
    expect(none.at(3)).toEqual(new TrainingBatches({ documents: [a], shape: sizes, seed: 1, model }).at(3));
  });

  it('refuse what cannot be', () => {
    const silent = numbered([5], [{ scored: false, line: true }], undefined);
    for (const list of [[], [silent], [numbered([], plain, undefined)]]) {
      const refused = (): unknown => new TrainingBatches({ documents: list, shape: sizes, seed: 1, model });
      expect(refused).toThrow(TrainingError);
      expect([...heldOutBatches(list, sizes, model)]).toEqual([]);
    }
    for (const wrong of [{ units: 4 }, { batch: 0 }, { length: 0 }, { view: -1 }]) {
      expect(() => new TrainingBatches({ documents: [a], shape: { ...sizes, ...wrong }, seed: 1, model })).toThrow(
        RangeError,
      );
      expect(() => [...heldOutBatches([a], { ...sizes, ...wrong }, model)]).toThrow(RangeError);
    }
    expect(
      () => new TrainingBatches({ documents: [a], replay: [b], replayShare: 1, shape: sizes, seed: 1, model }),
    ).toThrow(RangeError);
  });
});
