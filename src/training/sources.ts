import { join } from 'node:path';
import { parseModelConfig, type ModelConfig } from '../model/config';
import { readJson } from '../model/folder';
import { modelLayout } from '../model/layout';
import { SafetensorsFile } from '../model/safetensors';
import { WeightFiles } from '../model/weightFiles';
import { seededRandom } from '../writing/sampling';
import { draw } from './corpus/draw';
import { TrainingError } from './errors';
import { GROUPS, type Group, type Parameter } from './parameterBook';

/** Where training starts: a model folder, and the tensors of a workspace's model in place of its own where one is gone on from. */
export class TrainingSources {
  private constructor(
    readonly config: ModelConfig,
    private readonly files: ReadonlyMap<Group, WeightFiles>,
    private readonly tuned: SafetensorsFile | undefined,
  ) {}

  /** @throws {ModelError} naming file and tensor */
  static async open(folder: string, tunedFile?: string): Promise<TrainingSources> {
    const path = join(folder, 'config.json');
    const config = parseModelConfig(await readJson(path), path);
    const layouts = modelLayout(config);
    const files = new Map<Group, WeightFiles>();
    try {
      for (const group of GROUPS) files.set(group, await WeightFiles.open(folder, group, layouts[group]));
      const tuned = tunedFile === undefined ? undefined : await SafetensorsFile.open(tunedFile);
      return new TrainingSources(config, files, tuned);
    } catch (error) {
      await Promise.all([...files.values()].map((file) => file.close()));
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.files.values()].map((file) => file.close()));
    await this.tuned?.close();
  }

  /** The tensors one below the other. */
  async readStacked(group: Group, names: readonly string[]): Promise<Float32Array> {
    const whole = await this.files.get(group)!.readStacked(names);
    const layout = modelLayout(this.config)[group];
    let at = 0;
    for (const name of names) {
      const info = this.tuned?.tensors.get(name);
      const size = layout.get(name)!.reduce((product, dim) => product * dim, 1);
      if (info !== undefined) await this.tuned!.read(name, whole.subarray(at, at + size));
      at += size;
    }
    return whole;
  }

  /**
   * What a parameter starts as. Of LoRA's matrices: down is random, up is zero, so that the first step sees the LM as it was.
   * @throws {TrainingError} kind 'stored' where a workspace's model has matrices of another rank
   */
  async initial({ name, group, shape, sources }: Omit<Parameter, 'value'>, seed: number): Promise<Float32Array> {
    if (sources.length > 0) return this.readStacked(group, sources);
    const found = this.tuned?.tensors.get(name)?.shape;
    if (found?.join() === shape.join()) return this.tuned!.read(name);
    if (found !== undefined) {
      throw new TrainingError(
        'stored',
        `The model of this workspace cannot be fine-tuned further: its matrices are [${found.join(', ')}], not [${shape.join(', ')}]. Fine-tune anew.`,
      );
    }
    const [rows, inner] = shape as readonly [number, number];
    const values = new Float32Array(rows * inner);
    if (name.endsWith('.down')) {
      const random = seededRandom(Math.floor(draw(seed, name) * 2 ** 32));
      // Uniform with variance 1/(3·in), as PyTorch's Linear starts.
      for (let i = 0; i < values.length; i++) values[i] = (2 * random() - 1) / Math.sqrt(inner);
    }
    return values;
  }
}
