import type { GraphBuilder, Value } from '../graph';
import { emit } from '../ops/operands';

/**
 * d loss / d each operand from d loss / d result; undefined, or no entry, where none is wanted.
 * @param operands those given to customGradient: a rule that reads other values keeps them from being computed again in checkpoints
 */
export type CustomRule = (gradient: Value, operands: readonly Value[]) => readonly (Value | undefined)[];

export interface Custom {
  readonly operands: readonly string[];
  readonly rule: CustomRule;
}

const customs = new WeakMap<GraphBuilder, Map<string, Custom>>();

/** The same value with a gradient of its own: what it was computed from is seen only through `operands` and `rule`. */
export function customGradient(result: Value, operands: readonly Value[], rule: CustomRule): Value {
  const { builder } = result;
  const value = emit('Identity', [result], {}, result.dtype, result.shape);
  const known = customs.get(builder) ?? new Map<string, Custom>();
  customs.set(builder, known.set(value.name, { operands: operands.map((operand) => operand.name), rule }));
  return value;
}

/** The same value, taken as a constant by gradients. */
export function stopGradient(x: Value): Value {
  return customGradient(x, [], () => []);
}

/** What customGradient was told of the value of that name. */
export function customOf(builder: GraphBuilder, name: string): Custom | undefined {
  return customs.get(builder)?.get(name);
}
