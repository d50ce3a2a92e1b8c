import type { EngineInfo } from '../../../../src/engine/protocol';

/** Of an engine that has opened the starter. */
export const STARTER: EngineInfo = {
  weightsId: 'x',
  model: 'starter',
  folder: '/models/starter',
  device: { kind: 'cpu', name: 'CPU, 2 threads' },
  weights: 'float32',
  parameters: 26_500_000,
  labelCount: 1024,
  steps: 3,
  openMilliseconds: 412.3,
};
