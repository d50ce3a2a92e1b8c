import { tensor, type CpuTensor, type Runtime, type Session, type SessionOptions, type Tensor } from '../graph/index';
import { batchFeeds } from './batchFeeds';
import type { Tensors } from './checkpoint';
import type { Batch } from './corpus/batches';
import { TrainingError } from './errors';
import type { Hyperparameters } from './hyperparameters';
import { GROUPS, type LowRank, type Parameter } from './parameterBook';
import { tunesPlanner } from './rows';
import type { TrainingSources } from './sources';
import { TrainingState } from './state';
import { gradientGraph, lossGraph, stepGraph, updateGraph, type TrainingGraph } from './stepGraph';

export interface StepLosses {
  /** Nats per token, and per unit (of all labels ahead together); NaN where the row has no planner. */
  readonly lm: number;
  readonly planner: number;
  readonly gradientNorm: number;
}

export interface TrainerOptions {
  readonly sources: TrainingSources;
  readonly runtime: Runtime;
  readonly hyperparameters: Hyperparameters;
  /** Steps in all: over them the rates rise and fall. */
  readonly steps: number;
  readonly seed: number;
  readonly threads?: number;
}

/** Steps whose gradient was not finite, one after another, after which training is given up. */
const MOST_BROKEN = 3;

/**
 * Tunes a model's parameters, step by step. They and their moments are inputs and outputs of the step's graph; on a device they stay in its
 * memory, in the computer's two buffers take turns.
 */
export class Trainer {
  private broken = 0;
  private held: Session | undefined;

  private steps: number;

  private constructor(
    private readonly options: TrainerOptions,
    private readonly training: TrainingGraph,
    private readonly session: Session,
    /** Makes the step where the session only adds up gradients. */
    private readonly update: Session | undefined,
    private readonly state: TrainingState,
    private readonly sums: TrainingState | undefined,
  ) {
    this.steps = options.steps;
  }

  /** @throws {ModelError}, {DeviceError} */
  static async open(options: TrainerOptions): Promise<Trainer> {
    const { sources, runtime, hyperparameters, seed } = options;
    const isOne = hyperparameters.accumulate === 1;
    const training = (isOne ? stepGraph : gradientGraph)(sources.config, hyperparameters);
    const { parameters } = training.book;
    const values = new Map<string, CpuTensor>();
    for (const parameter of parameters) {
      values.set(parameter.name, tensor('float32', await sources.initial(parameter, seed), parameter.shape));
    }
    for (const { name, shape } of parameters) {
      for (const moment of momentsOf(name)) values.set(moment, zeros(shape));
    }
    const state = new TrainingState(runtime.device, values);
    const session = await runtime.createSession(training.graph, {
      ...(await sessionOptions(training, options)),
      keepOnDevice: isOne ? state.outputs : sumsOf(parameters).map((name) => `${name}.next`),
    });
    if (isOne) return new Trainer(options, training, session, undefined, state, undefined);
    const update = await runtime.createSession(updateGraph(training.book, hyperparameters), {
      ...(options.threads && { threads: options.threads }),
      keepOnDevice: state.outputs,
    });
    const sums = new Map(parameters.map(({ name, shape }) => [`sums.${name}`, zeros(shape)]));
    return new Trainer(options, training, session, update, state, new TrainingState(runtime.device, sums));
  }

  get parameters(): readonly Parameter[] {
    return this.training.book.parameters;
  }

  get lowRank(): readonly LowRank[] {
    return this.training.book.lowRank;
  }

  /**
   * Makes a step. One whose gradient is not finite changes nothing.
   * @param step 1 for the first
   * @param batches as many as are added up
   * @throws {TrainingError} kind 'diverged' where several in a row are not finite
   */
  async step(step: number, batches: readonly Batch[]): Promise<StepLosses> {
    const losses = this.update === undefined ? await this.whole(step, batches[0]!) : await this.added(step, batches);
    this.broken = Number.isFinite(losses.gradientNorm) ? 0 : this.broken + 1;
    if (this.broken >= MOST_BROKEN) {
      throw new TrainingError(
        'diverged',
        'Training was given up: the loss is no longer a number. The model is as it was; please report this with the log.',
      );
    }
    return losses;
  }

  /** Changes how many steps there are in all. */
  plan(steps: number): void {
    this.steps = steps;
  }

  /** Makes a step and throws it away. @returns the milliseconds it took */
  async rehearse(batches: readonly Batch[]): Promise<number> {
    const began = performance.now();
    await (this.update === undefined ? this.whole(1, batches[0]!, false) : this.added(1, batches, false));
    return performance.now() - began;
  }

  /** Mean loss of the LM over all scored tokens of the batches, in nats, with the parameters as they are. */
  async heldOutLoss(batches: Iterable<Batch>, signal?: AbortSignal): Promise<number> {
    if (this.held === undefined) {
      const graph = lossGraph(this.options.sources.config, this.options.hyperparameters);
      this.held = await this.options.runtime.createSession(graph.graph, await sessionOptions(graph, this.options));
    }
    let nats = 0;
    let tokens = 0;
    for (const batch of batches) {
      signal?.throwIfAborted();
      const count = batch.targetWeights.reduce((sum, weight) => sum + weight, 0);
      if (count === 0) continue;
      const outputs = await this.held.run({ ...this.feeds(batch), ...this.state.feeds }, ['lmLoss']);
      nats += count * scalarOf(outputs, 'lmLoss');
      tokens += count;
    }
    return tokens === 0 ? NaN : nats / tokens;
  }

  /** The parameters as they are now. */
  async snapshot(): Promise<Tensors> {
    return this.state.copy(this.parameters.map(({ name }) => name));
  }

  /** Parameters and moments as they are now. */
  async checkpoint(): Promise<Tensors> {
    return this.state.copy();
  }

  /** Goes on from what {@link snapshot} or {@link checkpoint} gave; what is not in it stays. */
  restore(tensors: Tensors): void {
    this.state.restore(tensors);
  }

  async dispose(): Promise<void> {
    for (const session of [this.session, this.update, this.held]) await session?.dispose();
    this.state.dispose();
    this.sums?.dispose();
  }

  private feeds(batch: Batch): Record<string, Tensor> {
    return batchFeeds(batch, this.options.hyperparameters, this.options.sources.config);
  }

  private async whole(step: number, batch: Batch, keep = true): Promise<StepLosses> {
    const scalars = this.scalarOutputs([...this.lossNames(), 'gradientNorm']);
    const outputs = await this.session.run(
      { ...this.feeds(batch), ...this.state.feeds, ...this.progress(step) },
      this.state.wanted(scalars),
    );
    const losses = this.lossesOf(outputs, scalarOf(outputs, 'gradientNorm'));
    this.state.take(outputs, keep && Number.isFinite(losses.gradientNorm));
    return losses;
  }

  private async added(step: number, batches: readonly Batch[], keep = true): Promise<StepLosses> {
    const sums = this.sums!;
    sums.reset();
    const means = { lm: 0, planner: 0 };
    for (const batch of batches) {
      const outputs = await this.session.run(
        { ...this.feeds(batch), ...this.state.feeds, ...sums.feeds },
        sums.wanted(this.scalarOutputs(this.lossNames())),
      );
      const { lm, planner } = this.lossesOf(outputs, 0);
      means.lm += lm / batches.length;
      means.planner += planner / batches.length;
      sums.take(outputs, true);
    }
    const outputs = await this.update!.run(
      { ...this.state.feeds, ...sums.feeds, ...this.progress(step), runs: scalar(batches.length) },
      this.state.wanted(this.scalarOutputs(['gradientNorm'])),
    );
    const gradientNorm = scalarOf(outputs, 'gradientNorm');
    this.state.take(outputs, keep && Number.isFinite(gradientNorm));
    return { ...means, gradientNorm };
  }

  /** Where the training is, as the optimiser's inputs. */
  private progress(step: number): Record<string, Tensor> {
    const { steps } = this;
    const { hyperparameters: h } = this.options;
    const unfrozen = Math.floor(h.unfreeze * steps) + 1;
    const firstStep = { lm: 1, adapter: 1, planner: tunesPlanner(h.row) ? unfrozen : steps + 1 };
    const feeds: Record<string, Tensor> = {
      step: scalar(step),
      warmupSteps: scalar(Math.min(Math.ceil(h.warmup * steps), steps - 1)),
      totalSteps: scalar(steps),
    };
    for (const group of GROUPS) {
      feeds[`rate.${group}`] = scalar(step >= firstStep[group] ? h.rates[group] : 0);
      feeds[`firstStep.${group}`] = scalar(firstStep[group]);
    }
    return feeds;
  }

  private lossNames(): string[] {
    return [
      'lmLoss',
      ...(this.training.graph.outputs.some(({ name }) => name === 'plannerLoss') ? ['plannerLoss'] : []),
    ];
  }

  private lossesOf(outputs: ReadonlyMap<string, Tensor>, gradientNorm: number): StepLosses {
    const planner = outputs.has('plannerLoss') ? scalarOf(outputs, 'plannerLoss') : NaN;
    return { lm: scalarOf(outputs, 'lmLoss'), planner, gradientNorm };
  }

  private scalarOutputs(names: readonly string[]): Record<string, CpuTensor> {
    return Object.fromEntries(names.map((name) => [name, scalar(0)]));
  }
}

async function sessionOptions({ book }: TrainingGraph, { sources, threads }: TrainerOptions): Promise<SessionOptions> {
  return {
    weights: await book.loadFrozen((group, names) => sources.readStacked(group, names)),
    ...(threads !== undefined && { threads }),
  };
}

function momentsOf(name: string): string[] {
  return [`${name}.m`, `${name}.v`];
}

function sumsOf(parameters: readonly Parameter[]): string[] {
  return parameters.map(({ name }) => `sums.${name}`);
}

function zeros(shape: readonly number[]): CpuTensor {
  return tensor('float32', new Float32Array(shape.reduce((product, dim) => product * dim, 1)), shape);
}

function scalar(value: number): CpuTensor {
  return tensor('float32', Float32Array.of(value), []);
}

function scalarOf(outputs: ReadonlyMap<string, Tensor>, name: string): number {
  const output = outputs.get(name);
  if (output?.location !== 'cpu' || output.dtype !== 'float32') throw new TypeError(`${name} is no scalar in memory.`);
  return output.data[0]!;
}
