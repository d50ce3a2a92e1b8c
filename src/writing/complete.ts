import type { PlannerLM } from '../model/plannerLm';
import { closedUnitCount, type UnitDocument, type UnitKind } from '../text/units';
import type { Conditioner } from './conditioner';
import { DocumentMemory } from './documentMemory';
import { filterCompletion } from './filters/chain';
import type { FilterContext } from './filters/filter';
import type { StopRule } from './filters/stopRule';
import { leastProbability, type GateLevel } from './gate';
import { generate, type Generation } from './generate';
import { refusal } from './guards';
import type { LmContext } from './lmContext';
import { PINNING, type Pinning } from './pinning';
import type { PlanRow, PlanTable } from './planTable';
import type { EmptyReason } from './reasons';
import type { Recollection } from './recollection';
import { seededRandom } from './sampling';
import { shownOf, type Shown } from './shown';
import { assertLabels, pinOf, type Steering } from './steering';
import type { UnitCache } from './unitCache';
import { chooseWindow, type TextWindow } from './window';
import { WritingPlan } from './writingPlan';

export interface CompleteOptions {
  readonly stop?: StopRule;
  /** At most this many tokens; never more than the LM's positions leave room for. */
  readonly maxTokens?: number;
  /** 0 (greedy) unless told. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  /** Without effect where labels are pinned: the writer has asked, and what a pin makes the LM say is never what it holds most probable. */
  readonly gate?: GateLevel;
  /** Labels for the unit being written (at the end of a unit: the next one) and those after it, in order. */
  readonly pins?: readonly number[];
  /**
   * Labels that the first of these units must not follow: the plan's distribution without them, renormalised, conditions the LM, and none of
   * the alternatives follows one. Without effect on a pinned unit.
   */
  readonly never?: readonly number[];
  /**
   * How many completions. One follows the plan's whole distribution; several follow one label each, the most probable labels of the plan. With pins they all
   * follow these, and differ by chance.
   */
  readonly alternatives?: number;
  /** Called with the text so far of the first completion while it is generated; filters may still shorten what comes of it. */
  readonly onText?: (text: string) => void;
  readonly signal?: AbortSignal;
  /** How pinned units are made to obey; as measured to be best unless told. */
  readonly pinning?: Pinning;
}

export interface CompletionLabel {
  readonly id: number;
  readonly name: string;
  /** Under the plan, also for a pinned label. */
  readonly probability: number;
  readonly pinned: boolean;
}

export interface Completion {
  /** What to insert at the cursor. */
  readonly text: string;
  /** The label that each unit of the text was written under: the one it was bound to, or the plan's most probable. */
  readonly labels: readonly CompletionLabel[];
  /** How probable it is that the first word is right. */
  readonly confidence: number;
  readonly tokens: number;
}

export interface CompletionResult {
  readonly completions: readonly Completion[];
  /** Why there are none; null where there are some. */
  readonly reason: EmptyReason | null;
  /** Until the plan, until the first token (null where none was generated), and in all. */
  readonly milliseconds: { readonly plan: number; readonly first: number | null; readonly total: number };
}

/** What a completion is made with: parts of the session. */
export interface CompletionTools {
  readonly model: PlannerLM;
  readonly table: PlanTable;
  readonly cache: UnitCache;
  readonly conditioner: Conditioner;
  readonly context: LmContext;
  readonly recollection: Recollection;
  /** Holds exactly the text before the cursor. */
  readonly draft: UnitDocument;
  /** The document's text as the model reads it, and the cursor in it. */
  readonly text: string;
  readonly cursor: number;
}

/** Positions kept free behind the window for generated text. A constant share: the window must not depend on what is asked for. */
const ROOM = 128;
/** Where the same is tried again chance must have a say. */
const ALTERNATIVE_TEMPERATURE = 0.8;
const SPARE_ATTEMPTS = 4;
/** After these refusals another sentence is looked for; other ones tell that there is none to be had here. */
const SAID_BEFORE: ReadonlySet<EmptyReason['kind']> = new Set(['repeats-text', 'repeats-itself', 'wrong-number']);
/** A line of nothing but the indentation that can begin code (CommonMark 4.4). */
const INDENTED = /^(?: {4}| {0,3}\t)[ \t]*$/;
const NOTHING_REMEMBERED = new DocumentMemory([]);
/** Characters that filters look at on either side of the cursor. */
const FILTER_VIEW = 4000;

const DEFAULTS = {
  stop: 'sentence',
  maxTokens: 48,
  temperature: 0,
  topP: 0.95,
  seed: 0,
  gate: 'open',
  pinning: PINNING,
} as const;

/** @throws {CancelledError} within one token of the signal */
export async function complete(tools: CompletionTools, options: CompleteOptions): Promise<CompletionResult> {
  const began = performance.now();
  const { model, draft, text, cursor } = tools;
  let planned = 0;
  let first: number | null = null;
  const since = (): number => performance.now() - began;
  const empty = (reason: EmptyReason): CompletionResult => ({
    completions: [],
    reason,
    milliseconds: { plan: planned, first, total: since() },
  });

  const closed = closedUnitCount(draft.units, cursor);
  const open = draft.units[closed];
  const unitStart = open?.start ?? cursor;
  const refused = refusal({ text, cursor, unitStart, unitKind: typedKind(draft, closed) });
  if (refused) return empty(refused);

  const settings = { ...DEFAULTS, ...withoutUndefined(options) };
  if (settings.maxTokens < 1) return empty({ kind: 'only-whitespace' });
  const { plan, room, row, steering, window } = await prepare(tools, options, closed);
  planned = since();

  // What the writer asked for is shown however sure the model is.
  const gate = steering.pins.length > 0 ? 'open' : settings.gate;
  const asked = gate === 'open';
  const filterContext = contextOf(tools, unitStart, asked);
  let memory = tools.recollection.before(draft, closed);
  const wanted = Math.max(1, options.alternatives ?? 1);
  const completions: Completion[] = [];
  let reason: EmptyReason | undefined;
  for (const [attempt, steered] of attempts(row, steering, wanted, asked).entries()) {
    if (completions.length === wanted) break;
    const byChance = attempt > 0 && steered === steering && settings.temperature === 0;
    const generation = await generate({
      model,
      context: tools.context,
      pinning: settings.pinning,
      acceptable: (written) => !('drop' in filterCompletion(written, filterContext)),
      draft,
      window,
      plan,
      memory,
      steering: steered,
      stop: settings.stop,
      maxTokens: Math.min(settings.maxTokens, room),
      leastProbability: leastProbability(gate),
      sampling: { temperature: byChance ? ALTERNATIVE_TEMPERATURE : settings.temperature, topP: settings.topP },
      random: seededRandom(settings.seed + attempt),
      signal: options.signal,
      onFirst: () => (first ??= since()),
      onText: attempt === 0 ? options.onText : undefined,
    });
    const outcome = shownOf(generation, filterContext, gate);
    if ('kind' in outcome) {
      reason ??= outcome;
      // What it has from the document it would say again.
      if (SAID_BEFORE.has(outcome.kind)) memory = NOTHING_REMEMBERED;
      else if (wanted === 1) break;
      continue;
    }
    if (completions.some((other) => other.text === outcome.text)) continue;
    completions.push({
      text: outcome.text,
      labels: labelsOf(generation, outcome, model, steered, steering.pins.length),
      confidence: outcome.confidence,
      tokens: outcome.tokens,
    });
  }
  if (completions.length === 0) return empty(reason ?? { kind: 'only-whitespace' });
  return { completions, reason: null, milliseconds: { plan: planned, first, total: since() } };
}

/** What a text is written with: the window that the LM reads, the plan, and what the writer asked for. @throws {RangeError} for what is no label */
async function prepare(
  tools: CompletionTools,
  { pins = [], never = [], signal }: CompleteOptions,
  closed: number,
): Promise<{ window: TextWindow; room: number; plan: WritingPlan; steering: Steering; row: PlanRow }> {
  const { model, draft, cursor, table } = tools;
  assertLabels([...pins, ...never], model.labels.count);
  const { capacity } = tools.context;
  const room = Math.min(ROOM, capacity >> 2);
  const window = chooseWindow(
    { text: draft.text, units: draft.units, cursor, closed, encode: (part) => tools.cache.encode(part) },
    capacity - room - 1,
  );
  const plan = new WritingPlan(model, table, tools.cache, tools.conditioner, draft, closed);
  // All plans that the window needs, in one run of the planner.
  await table.ensure(closedUnitCount(draft.units, window.start), closed, signal);
  const steering: Steering = { unit: closed + (endsUnit(draft, closed) ? 1 : 0), pins, never };
  const row = await plan.steeredRow(steering.unit, steering, signal);
  // What was planned as if the open unit ended here no longer holds once it grows.
  plan.restart();
  return { window, room, plan, steering, row };
}

function contextOf({ draft, text, cursor }: CompletionTools, unitStart: number, asked: boolean): FilterContext {
  const before = draft.text.slice(Math.max(0, cursor - FILTER_VIEW), cursor);
  return {
    before,
    unit: draft.text.slice(Math.max(unitStart, cursor - before.length), cursor),
    after: text.slice(cursor, cursor + FILTER_VIEW),
    asked,
  };
}

/** What to try, in order, until enough completions are found. @param asked whether the writer asked for them: whom silence would not satisfy */
function attempts(row: PlanRow, steering: Steering, wanted: number, asked: boolean): Steering[] {
  // Some attempts are dropped or say what another said already.
  const spare = asked || wanted > 1 ? SPARE_ATTEMPTS : 0;
  if (steering.pins.length > 0 || wanted === 1) return Array.from({ length: wanted + spare }, () => steering);
  return row
    .top(0, wanted + spare)
    .filter(({ id }) => !steering.never.includes(id))
    .map(({ id }) => ({ ...steering, pins: [id] }));
}

/** Whether the unit being written would end if a space came next: what the writer steers is then the unit after it. */
function endsUnit(draft: UnitDocument, closed: number): boolean {
  const { text } = draft;
  if (text === '' || /\s$/.test(text)) return false;
  return tryKey(draft, ' ', () => closedUnitCount(draft.units, text.length + 1) > closed);
}

/** The kind of the unit being written. Where its line is only indented as yet, a letter decides: it may begin code, or go on with a list item. */
function typedKind(draft: UnitDocument, closed: number): UnitKind {
  const line = draft.text.slice(draft.text.lastIndexOf('\n') + 1);
  if (!INDENTED.test(line)) return draft.units[closed]?.kind ?? 'sentence';
  return tryKey(draft, 'x', () => draft.units.at(-1)!.kind);
}

/** What holds of a draft with one more key at its end; the draft stays as it is. */
function tryKey<T>(draft: UnitDocument, key: string, look: () => T): T {
  const end = draft.text.length;
  draft.edit(end, end, key);
  const seen = look();
  draft.edit(end, end + key.length, '');
  return seen;
}

/** @param pins how many units the writer pinned; those of an alternative are not the writer's */
function labelsOf(
  generation: Generation,
  { from, to }: Shown,
  model: PlannerLM,
  steering: Steering,
  pins: number,
): CompletionLabel[] {
  return generation.units
    .filter(({ start, end }) => /[\p{L}\p{N}]/u.test(generation.text.slice(Math.max(start, from), Math.min(end, to))))
    .map(({ index, row }) => {
      const pin = pinOf(steering, index);
      const id = pin ?? row.top(0, 1)[0]!.id;
      const pinned = pin !== undefined && index - steering.unit < pins;
      return { id, name: model.labels.get(id).name, probability: row.step(0)[id]!, pinned };
    });
}

function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
