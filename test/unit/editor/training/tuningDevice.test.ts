import { describe, expect, it } from 'vitest';
import { TuningDevice } from '../../../../src/editor/training/tuningDevice';

const onGpu = { tuningDevice: () => Promise.resolve('webgpu' as const) };
const onCpu = { tuningDevice: () => Promise.resolve('cpu' as const) };

describe('where fine-tuning runs', () => {
  it.each([
    ['auto', onGpu, 'webgpu'],
    ['auto', onCpu, 'cpu'],
    ['cpu', onGpu, 'cpu'],
    ['webgpu', onCpu, 'webgpu'],
  ] as const)('by the setting %s, and what the engine knows', async (asked, engine, device) => {
    expect(await new TuningDevice(engine, () => asked).choose()).toBe(device);
  });

  it('is where a run was begun that is taken up, unless the settings name a device', async () => {
    expect(await new TuningDevice(onCpu, () => 'auto').choose('webgpu')).toBe('webgpu');
    expect(await new TuningDevice(onGpu, () => 'auto').choose('cpu')).toBe('cpu');
    expect(await new TuningDevice(onGpu, () => 'cpu').choose('webgpu')).toBe('cpu');
  });

  it('is the CPU once the GPU failed at it, unless the GPU is asked for by name', async () => {
    let asked: 'auto' | 'webgpu' = 'auto';
    const device = new TuningDevice(onGpu, () => asked);
    device.fail();
    expect(await device.choose()).toBe('cpu');
    asked = 'webgpu';
    expect(await device.choose()).toBe('webgpu');
  });
});
