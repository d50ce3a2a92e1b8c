import { expect, it, vi } from 'vitest';

// As on a machine for which the library has no binary.
vi.mock('node:module', () => ({
  createRequire: () => () => {
    throw new Error("Cannot find module '../bin/napi-v6/sunos/sparc/onnxruntime_binding.node'\nRequire stack: …");
  },
}));
const { GraphBuilder, OnnxRuntime, ops, RuntimeUnavailableError } = await import('../../../src/graph');

it('says that the run-time cannot be loaded, and what to do; graphs can still be built', () => {
  expect(() => OnnxRuntime.open()).toThrow(RuntimeUnavailableError);
  expect(() => OnnxRuntime.open()).toThrow(
    `onnxruntime-node cannot be loaded on ${process.platform}-${process.arch}: Cannot find module ` +
      "'../bin/napi-v6/sunos/sparc/onnxruntime_binding.node'. Use a build of Planwright for this platform.",
  );
  const builder = new GraphBuilder('built');
  builder.output('y', ops.exp(builder.input('x', 'float32', [2])));
  expect(builder.build().nodes).toHaveLength(2);
});
