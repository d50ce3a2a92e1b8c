import { openModel } from '../model/openModel';
import { speedOf, type Speed } from './decodingSpeed';
import type { ProcessSettings } from './settings';

/** What a probe says of a device, as JSON on its last line of output. A probe that ends without a word was brought down by the driver. */
export type ProbeReport =
  | {
      readonly ok: true;
      readonly device: string;
      readonly openMilliseconds: number;
      readonly gpu: Speed;
      readonly cpu: Speed;
    }
  /** `model`: the model could not be opened; `elsewhere`: it failed on the CPU. Neither says anything about the device. */
  | { readonly ok: false; readonly fault: 'device' | 'model' | 'elsewhere'; readonly reason: string };

/** Opens the model on the device of the settings, embeds a sentence, decodes a few tokens and reads a block; then the same on the CPU. Never throws. */
export async function probe(settings: ProcessSettings): Promise<ProbeReport> {
  let gpu: Trial;
  try {
    gpu = await trial(settings);
  } catch (error) {
    const { name, message } = error as Error;
    return { ok: false, fault: name === 'ModelError' ? 'model' : 'device', reason: message };
  }
  try {
    const cpu = await trial({ ...settings, device: 'cpu' });
    return { ok: true, device: gpu.name, openMilliseconds: gpu.open, gpu: gpu.speed, cpu: cpu.speed };
  } catch (error) {
    return { ok: false, fault: 'elsewhere', reason: (error as Error).message };
  }
}

interface Trial {
  readonly name: string;
  readonly open: number;
  readonly speed: Speed;
}

async function trial({ folder, device, weights, threads }: ProcessSettings): Promise<Trial> {
  const began = performance.now();
  const model = await openModel(folder, { device, weights, ...(threads !== undefined && { threads }) });
  const open = Math.round(performance.now() - began);
  const speed = await speedOf(model);
  await model.close();
  return { name: model.device.name, open, speed };
}
