/* The second run-time: graphs interpreted on TensorFlow.js. */
export { loadTfjs, type LoadedTfjs, type LoadOptions } from './load';
export { TfjsRuntime, type TfjsDevice } from './tfjsRuntime';
