import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelLayout } from '../model/layout';
import type { LabelSet } from '../model/labels';
import type { PlannerLM } from '../model/plannerLm';
import type { EngineInfo, LabelInfo } from './protocol';

/** Hexadecimal digits kept of a hash: enough that two models never meet. */
const DIGITS = 16;

/**
 * Identity of weights: a hash of checksums.json, which lists the hash of every file, and the format that they are held in.
 * @param folder a model folder that has been opened
 */
async function weightsId(folder: string, format: string): Promise<string> {
  const checksums = await readFile(join(folder, 'checksums.json'));
  return `${createHash('sha256').update(checksums).digest('hex').slice(0, DIGITS)}-${format}`;
}

/** What runs, and where. */
export async function describeModel(model: PlannerLM, openMilliseconds: number): Promise<EngineInfo> {
  const { config, folder, device, weights } = model;
  return {
    weightsId: await weightsId(folder, weights),
    model: config.name,
    folder,
    device: { kind: device.kind, name: device.name },
    weights,
    parameters: countParameters(model),
    labelCount: config.labels.count,
    steps: config.planner.steps,
    openMilliseconds: Math.round(openMilliseconds),
  };
}

/** All labels in the order of their ids. */
export function describeLabels(labels: LabelSet): LabelInfo[] {
  return labels.all.map(({ id, name, family, terms, examples, frequency }) => ({
    id,
    name,
    ...(family && { family }),
    terms,
    examples: examples.map(({ text }) => text),
    frequency,
  }));
}

function countParameters({ config }: PlannerLM): number {
  let count = 0;
  for (const layout of Object.values(modelLayout(config))) {
    for (const shape of layout.values()) count += shape.reduce((product, size) => product * size, 1);
  }
  return count;
}
