/* Operations by family: functions of values that check their operands, infer the result and add a node to the graph. */
export * from './ops/elementwise';
export * from './ops/linear';
export * from './ops/reduce';
export * from './ops/shaping';
export type { Operand } from './ops/operands';
