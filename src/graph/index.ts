/* Typed graphs of tensor operations, and the run-time that computes them. */
export * from './graph';
export * from './gradients/index';
export * as nn from './nn';
export type * from './node';
export { bundledDevices, OnnxRuntime } from './onnxRuntime';
export * as ops from './ops';
export * from './quantise';
export * from './runtime';
export * from './types';
