/* Typed graphs of tensor operations, and the run-time that computes them. */
export * from './graph';
export type * from './node';
export * as nn from './nn';
export * as ops from './ops';
export { bundledDevices, OnnxRuntime } from './onnxRuntime';
export * from './runtime';
export * from './types';
