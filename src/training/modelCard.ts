import type { Measures, TrainingMode } from './jobTypes';
import type { LowRank } from './parameterBook';

/** What a workspace's model file says of itself. */
export interface ModelCard {
  readonly mode: TrainingMode;
  readonly createdAt: string;
  /** SHA-256 by name of the base model's files. */
  readonly base: Readonly<Record<string, string>>;
  readonly lowRank: readonly LowRank[];
  readonly before: Measures;
  readonly after: Measures;
}

/** As Date's toISOString() writes it. A model is named after it: it must be nothing else. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The card that a text holds. A file may come from anywhere: undefined where it is no card. */
export function parseCard(text: string): ModelCard | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isCard(value) ? value : undefined;
}

function isCard(value: unknown): value is ModelCard {
  if (!isObject(value)) return false;
  const { mode, createdAt, base, lowRank, before, after } = value;
  return (
    (mode === 'full' || mode === 'light') &&
    typeof createdAt === 'string' &&
    MOMENT.test(createdAt) &&
    isObject(base) &&
    Object.values(base).every(isString) &&
    Array.isArray(lowRank) &&
    lowRank.every(isLowRank) &&
    isMeasures(before) &&
    isMeasures(after)
  );
}

function isLowRank(value: unknown): value is LowRank {
  if (!isObject(value)) return false;
  const { sources, down, up } = value;
  return Array.isArray(sources) && sources.every(isString) && isString(down) && isString(up);
}

function isMeasures(value: unknown): value is Measures {
  if (!isObject(value)) return false;
  const { perplexity, bitsPerCharacter, plannerTop1, plannerTop5, keystrokeSavings, precision } = value;
  return (
    [perplexity, bitsPerCharacter].every(isNumber) &&
    [plannerTop1, plannerTop5, keystrokeSavings, precision].every((measure) => measure === null || isNumber(measure))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
