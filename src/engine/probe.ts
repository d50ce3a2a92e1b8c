import { openModel } from '../model/openModel';
import { tokenMilliseconds } from './decodingSpeed';
import type { ProcessSettings } from './settings';

/** What a probe says of a device, as JSON on its last line of output. A probe that ends without a word was brought down by the driver. */
export type ProbeReport =
  | {
      readonly ok: true;
      readonly device: string;
      readonly openMilliseconds: number;
      /** Milliseconds per token, on the device and on the CPU. */
      readonly tokenMilliseconds: number;
      readonly cpuTokenMilliseconds: number;
    }
  /** `model`: the model could not be opened, which says nothing about the device. */
  | { readonly ok: false; readonly fault: 'device' | 'model'; readonly reason: string };

/** Opens the model on the device of the settings, embeds a sentence and decodes a few tokens; then the same on the CPU. Never throws. */
export async function probe(settings: ProcessSettings): Promise<ProbeReport> {
  try {
    const { name, open, token } = await trial(settings);
    const cpu = await trial({ ...settings, device: 'cpu' });
    return {
      ok: true,
      device: name,
      openMilliseconds: open,
      tokenMilliseconds: token,
      cpuTokenMilliseconds: cpu.token,
    };
  } catch (error) {
    const { name, message } = error as Error;
    return { ok: false, fault: name === 'ModelError' ? 'model' : 'device', reason: message };
  }
}

async function trial({ folder, device, weights, threads }: ProcessSettings) {
  const began = performance.now();
  const model = await openModel(folder, { device, weights, ...(threads !== undefined && { threads }) });
  const open = Math.round(performance.now() - began);
  const token = await tokenMilliseconds(model);
  await model.close();
  return { name: model.device.name, open, token };
}
