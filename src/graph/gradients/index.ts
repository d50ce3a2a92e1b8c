/* Differentiation of graphs. */
export { checkpointed } from './checkpoint';
export { customGradient, stopGradient, type CustomRule } from './custom';
export { gradients } from './gradients';
