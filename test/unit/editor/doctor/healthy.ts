import type { Findings } from '../../../../src/editor/doctor/findings';
import type { SelfTestReply } from '../../../../src/engine/protocol';
import { STARTER } from '../support/engineInfo';

/** Of a self-test that passed. */
const REPLY: SelfTestReply = {
  info: STARTER,
  memory: { pid: 1, bytes: 300_000_000, modelLoaded: true, documents: 1 },
  prompt: 'A prompt',
  completion: ' the first.',
  milliseconds: { plan: 12, first: 30, total: 60 },
  tokensPerSecond: 500,
  versions: { node: '24.1.0', onnxruntime: '1.27.0' },
};

/** Findings with which all is well. */
export const HEALTHY: Findings = {
  versions: { planwright: '0.1.0', editor: 'Code 1.139.1', node: '22.0.0', system: 'linux x64' },
  remote: undefined,
  trusted: true,
  enabled: true,
  offHere: undefined,
  inlineSuggest: true,
  changedSettings: [],
  rivals: [],
  modelFolder: '',
  isTuned: false,
  deviceAsked: 'auto',
  skippedDevice: undefined,
  tuningDevice: 'cpu',
  selfTest: { kind: 'passed', reply: REPLY },
  timings: [{ work: 'edit', p50: 0.2, p99: 1.4, count: 100 }],
};
