import type { GraphNode } from '../node';
import { GraphError } from '../types';
import { elementwiseKernels } from './elementwise';
import type { Kernel, Kernels, Operands, Refused } from './kernel';
import type { NativeTensor, TensorFlow } from './library';
import { linearKernels } from './linear';
import { reduceKernels } from './reduce';
import { shapingKernels } from './shaping';

/** The kernel of every operation a graph may hold: the compiler demands one for each. */
export const KERNELS: Kernels = { ...elementwiseKernels, ...linearKernels, ...reduceKernels, ...shapingKernels };

/** The outputs of a node. @throws {GraphError} where the library cannot compute it */
export function compute(tf: TensorFlow, { op, attributes }: GraphNode, operands: Operands): NativeTensor[] {
  // A node's attributes are those of its operation, and so its kernel's, which the compiler cannot see through the union of nodes.
  const kernel = KERNELS[op] as Kernel<never> | Refused;
  if ('refused' in kernel) throw new GraphError(`TensorFlow.js has no ${op}, no ${kernel.refused}.`);
  const made = kernel(tf, operands, attributes as never);
  return Array.isArray(made) ? made : [made];
}
