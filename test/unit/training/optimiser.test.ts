import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  floats,
  GraphBuilder,
  gradients,
  OnnxRuntime,
  ops,
  tensor,
  type Graph,
  type Session,
  type Tensor,
  type Value,
} from '../../../src/graph/index';
import { accumulate, accumulatedGroups } from '../../../src/training/accumulation';
import { adamW, type ParameterGroup } from '../../../src/training/optimiser';

type Lists = Readonly<Record<string, readonly number[]>>;

interface Fixture {
  readonly settings: {
    readonly steps: number;
    readonly warmup: number;
    readonly unfreeze: number;
    readonly clip: number;
    readonly decay: number;
    readonly rates: Readonly<Record<string, number>>;
  };
  readonly groups: Readonly<Record<string, Lists>>;
  readonly start: Lists;
  readonly target: Lists;
  readonly curvature: Lists;
  readonly steps: readonly { readonly loss: number; readonly norm: number; readonly parameters: Lists }[];
}

const file = new URL('../../fixtures/training/optimiser.json', import.meta.url);
const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture;
const { settings, groups } = fixture;
const shapes = Object.assign({}, ...Object.values(groups)) as Lists;
const names = Object.keys(shapes);
const options = { weightDecay: settings.decay, clip: settings.clip };

const list = (values: readonly number[], dims: readonly number[]): Tensor =>
  tensor('float32', Float32Array.from(values), dims);
const scalar = (value: number): Tensor => list([value], []);
const zeros = (dims: readonly number[]): Tensor => list(Array<number>(dims.reduce((a, b) => a * b, 1)).fill(0), dims);

/** Σ curvature · (parameter − target)², and its groups. */
function lossAndGroups(builder: GraphBuilder): { loss: Value; groups: ParameterGroup[] } {
  const values = new Map(names.map((name) => [name, builder.input(name, 'float32', shapes[name]!)]));
  const terms = names.map((name) => {
    const constant = (from: Lists): Value => builder.constant('float32', Float32Array.from(from[name]!), shapes[name]!);
    const term = ops.mul(ops.pow(ops.sub(values.get(name)!, constant(fixture.target)), 2), constant(fixture.curvature));
    return ops.reduceSum(term, shapes[name]!.map((_, axis) => axis), false); // prettier-ignore
  });
  const loss = terms.reduce((sum, term) => ops.add(sum, term));
  return {
    loss,
    groups: Object.entries(groups).map(([name, members]) => {
      const parameters = Object.keys(members).map((member) => values.get(member)!);
      return { name, parameters, gradients: gradients(loss, parameters) };
    }),
  };
}

function stepGraph(): Graph {
  const builder = new GraphBuilder('step');
  const built = lossAndGroups(builder);
  builder.output('loss', built.loss);
  adamW(built.groups, options);
  return builder.build();
}

const open = (graph: Graph): Promise<Session> => OnnxRuntime.open().createSession(graph, { threads: 1 });

/** What is fed at a step besides parameters and moments. The second group waits as in the fixture. */
function scalarsAt(step: number): Record<string, Tensor> {
  return {
    step: scalar(step),
    warmupSteps: scalar(settings.warmup),
    totalSteps: scalar(settings.steps),
    'rate.first': scalar(settings.rates.first!),
    'rate.second': scalar(step >= settings.unfreeze ? settings.rates.second! : 0),
    'firstStep.first': scalar(1),
    'firstStep.second': scalar(settings.unfreeze),
  };
}

const startState = (): Record<string, Tensor> => ({
  ...Object.fromEntries(names.map((name) => [name, list(fixture.start[name]!, shapes[name]!)])),
  ...Object.fromEntries(
    names.flatMap((name) => ['m', 'v'].map((moment) => [`${name}.${moment}`, zeros(shapes[name]!)])),
  ),
});

const nextState = (outputs: ReadonlyMap<string, Tensor>): Record<string, Tensor> =>
  Object.fromEntries(
    [...outputs]
      .filter(([name]) => name.endsWith('.next'))
      .map(([name, value]) => [name.slice(0, -'.next'.length), value]),
  );

function expectParameters(outputs: ReadonlyMap<string, Tensor>, wanted: Lists, step: number): void {
  for (const name of names) {
    for (const [i, value] of floats(outputs, `${name}.next`).entries()) {
      expect(Math.abs(value - wanted[name]![i]!), `${name}[${i}] after step ${step}`).toBeLessThan(2e-6);
    }
  }
}

describe('adamW', () => {
  it("makes twenty steps as PyTorch's AdamW, clipping and schedule do, one group waiting", async () => {
    const session = await open(stepGraph());
    let state = startState();
    for (const [i, wanted] of fixture.steps.entries()) {
      const before = state;
      const outputs = await session.run({ ...state, ...scalarsAt(i + 1) });
      expect(floats(outputs, 'loss')[0]! / wanted.loss).toBeCloseTo(1, 5);
      expect(floats(outputs, 'gradientNorm')[0]! / wanted.norm).toBeCloseTo(1, 5);
      expectParameters(outputs, wanted.parameters, i + 1);
      state = nextState(outputs);
      if (i + 1 >= settings.unfreeze) continue;
      // Bit for bit: a group that waits is not touched.
      for (const name of Object.keys(groups.second!).flatMap((name) => [name, `${name}.m`, `${name}.v`])) {
        expect(state[name], name).toEqual(before[name]);
      }
    }
    await session.dispose();
    // Both clipped and unclipped steps were among them.
    expect(fixture.steps.filter(({ norm }) => norm > settings.clip).length).toBeGreaterThan(2);
    expect(fixture.steps.filter(({ norm }) => norm < settings.clip).length).toBeGreaterThan(2);
  });

  it('moves nothing at and after the last step, and starts at full rate without a warm-up', async () => {
    const session = await open(stepGraph());
    const late = { ...scalarsAt(settings.steps), warmupSteps: scalar(0) };
    for (const step of [settings.steps, settings.steps + 3]) {
      const outputs = await session.run({ ...startState(), ...late, step: scalar(step) });
      for (const name of names) {
        expect(Array.from(floats(outputs, `${name}.next`))).toEqual(fixture.start[name]!.map(Math.fround));
      }
    }
    const outputs = await session.run({ ...startState(), ...late, step: scalar(1) });
    await session.dispose();
    const share = (1 + Math.cos(Math.PI / settings.steps)) / 2;
    // The first step of Adam is the rate, whatever the gradient.
    const moved = floats(outputs, 'vector.next').map((value, i) =>
      Math.abs(value - Math.fround(fixture.start.vector![i]!)),
    );
    for (const distance of moved) expect(distance).toBeCloseTo(settings.rates.first! * share, 6);
  });

  it('adding up gradients of equal runs makes the same step as one run', async () => {
    const whole = await open(stepGraph());
    const one = await whole.run({ ...startState(), ...scalarsAt(settings.unfreeze) });

    const adding = new GraphBuilder('adding');
    accumulate(lossAndGroups(adding).groups);
    const adder = await open(adding.build());
    const parameters = startState();
    let sums = Object.fromEntries(names.map((name) => [`sums.${name}`, zeros(shapes[name]!)]));
    const runs = 4;
    for (let run = 0; run < runs; run++) sums = nextState(await adder.run({ ...parameters, ...sums }));

    const stepping = new GraphBuilder('stepping');
    const members = Object.entries(groups).map(([group, of]) => [
      group,
      Object.entries(of).map(([name, shape]) => ({ name, shape })),
    ]);
    const built = accumulatedGroups(
      stepping,
      Object.fromEntries(members) as Record<string, { name: string; shape: readonly number[] }[]>,
    );
    adamW(built.groups, { ...options, scale: built.scale });
    const stepper = await open(stepping.build());
    const outputs = await stepper.run({
      ...parameters,
      ...sums,
      ...scalarsAt(settings.unfreeze),
      runs: scalar(runs),
    });
    expect(floats(outputs, 'gradientNorm')[0]).toBeCloseTo(floats(one, 'gradientNorm')[0]!, 5);
    for (const name of outputs.keys()) {
      const [got, wanted] = [floats(outputs, name), floats(one, name)];
      for (const [i, value] of got.entries()) expect(value, `${name}[${i}]`).toBeCloseTo(wanted[i]!, 6);
    }
    await Promise.all([whole, adder, stepper].map((session) => session.dispose()));
  });

  it('refuses to tune nothing', () => {
    expect(() => {
      adamW([{ name: 'empty', parameters: [], gradients: [] }], options);
    }).toThrow('There is nothing to tune');
  });
});
