import type { Op } from '../node';
import { elementwiseRules } from './elementwise';
import { linearRules } from './linear';
import { reduceRules } from './reduce';
import type { Rules } from './rule';
import { shapingRules } from './shaping';

/** The rule of every operation a graph may hold: the compiler demands one for each. */
export const RULES: Rules<Op> = { ...elementwiseRules, ...linearRules, ...reduceRules, ...shapingRules };
