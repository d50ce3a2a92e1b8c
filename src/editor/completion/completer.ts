import { EngineCancelled, type Engine, type EngineState } from '../../engine/engine';
import type { CompleteReply, Silence } from '../../engine/protocol';
import type { DocumentState } from '../documents/documentState';
import { withEol } from '../withEol';
import { SuggestionCache } from './cache';
import { conditionsOf, steeringKey, termsOf, type Mode, type Preferences, type Terms } from './conditions';
import { AdaptiveDebounce } from './debounce';
import type { Generation } from './generation';
import { Generations, type Work } from './generations';
import { presentable } from './manners';
import { Offers } from './offers';
import { pause } from './pause';
import type { Place } from './place';
import { Refusals } from './refusals';
import type { Suggestion } from './suggestion';
import type { Spot, Wish } from './wish';

/** A question of the editor: what could stand here? */
export interface Question {
  readonly state: DocumentState;
  readonly offset: number;
  readonly mode: Mode;
  readonly preferences: Preferences;
  /** The editor no longer wants to know. */
  readonly signal: AbortSignal;
}

export type Answer =
  | {
      readonly kind: 'suggestions';
      readonly items: readonly Suggestion[];
      /** Known already, or made by the engine for this question. */
      readonly source: 'known' | 'made';
      /** How long typing was waited for, in milliseconds. */
      readonly waited: number;
    }
  /** `sentence` says it to people, where the reason is not the editor's own business. */
  | { readonly kind: 'nothing'; readonly reason: string; readonly sentence?: string };

/** A generation may turn out to be of no use once it is there, and be followed by one that is; more often than this the text is running away. */
const ROUNDS = 4;
/** The engine gave up: it says nothing about the place. */
const GIVEN_UP = new Set(['cancelled', 'document-changed']);

/** Finds suggestions: among those offered, in the cache, in what is being generated, or by asking the engine once typing pauses. */
export class Completer {
  readonly offers = new Offers();
  readonly debounce = new AdaptiveDebounce();
  private accepting = false;
  private readonly cache = new SuggestionCache();
  private readonly refusals = new Refusals();
  private readonly generations = new Generations();
  private turn = 0;
  /** Of the engine's model; undefined until it has started. */
  private weightsId: string | undefined;
  private readonly subscription: { dispose(): void };

  /** @param onTrouble told of each failure of the engine */
  constructor(
    private readonly engine: Engine,
    private readonly onTrouble: (error: Error) => void,
  ) {
    const follow = (now: EngineState): void => {
      if (now.kind === 'ready') this.weightsId = now.info.weightsId;
      // Another model may come next.
      if (now.kind === 'stopped' || now.kind === 'failed') this.weightsId = undefined;
    };
    follow(engine.state);
    this.subscription = engine.onDidChangeState(follow);
  }

  /** Whether a suggestion is being generated in a document. */
  isBusy(key: string): boolean {
    return this.generations.isRunning(key);
  }

  async suggest(question: Question): Promise<Answer> {
    const { state, offset, mode, preferences, signal } = question;
    const revision = state.revision;
    const place: Place = { key: state.key, text: state.text, offset };
    const spot: Spot = { place, steeringSince: (from) => steeringKey(state.steering, from, offset) };
    const isOld = (): boolean => signal.aborted || state.revision !== revision;
    // Of two questions only the later one may start a generation: otherwise each would go on stopping the other's.
    const turn = ++this.turn;
    const shown = this.mannered(this.offers.at(place, spot.steeringSince), question, place);
    if (mode !== 'alternatives' && shown.length > 0)
      return { kind: 'suggestions', items: shown, source: 'known', waited: 0 };

    let source: 'known' | 'made' = 'known';
    let waited = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const refused = this.refusals.at(place, performance.now());
      if (refused) return silent(refused);
      const terms = termsOf(mode, preferences, state.steering.at(offset));
      const wish: Wish = { ...spot, conditions: conditionsOf(this.weightsId, preferences.eol, terms) };
      const known = this.cache.get(wish);
      if (known && (mode !== 'alternatives' || known.typed === 0)) {
        if (known.suggestions.length === 0) return silent(known.silence ?? { kind: 'nothing', sentence: '' });
        const items = this.mannered(known.suggestions, question, place);
        if (items.length === 0) return { kind: 'nothing', reason: 'unfit-here', sentence: UNFIT };
        return { kind: 'suggestions', items: mode === 'alternatives' ? choice(shown, items) : items, source, waited };
      }
      const engine = this.engine.state;
      if (engine.kind === 'failed') return { kind: 'nothing', reason: 'engine-failed', sentence: engine.error.message };
      // While the engine starts it has begun with nothing: what is typed meanwhile is asked for anew.
      let generation = engine.kind === 'ready' ? this.generations.find(wish) : undefined;
      if (!generation) {
        // The model is opened while typing is waited for; of a failure the suggestion's own request tells.
        if (engine.kind !== 'ready') this.engine.load().catch(() => undefined);
        const delay = mode === 'unasked' ? this.debounce.remaining(performance.now(), preferences.minimumDelay) : 0;
        waited += delay;
        await pause(delay, signal);
        if (isOld() || turn !== this.turn) return SUPERSEDED;
        // As things are after the pause: what was pinned may be no more.
        const now = termsOf(mode, preferences, state.steering.at(offset));
        generation = this.start(question, spot, now);
      }
      source = 'made';
      try {
        await generation.wait(signal);
      } catch (error) {
        return { kind: 'nothing', reason: 'engine-error', sentence: (error as Error).message };
      }
      if (isOld()) return SUPERSEDED;
    }
    return { kind: 'nothing', reason: 'given-up' };
  }

  /** Whether a sentence is being accepted: that is no accepted part of another kind. */
  get isAccepting(): boolean {
    return this.accepting;
  }

  async whileAccepting<T>(accept: () => Promise<T>): Promise<T> {
    this.accepting = true;
    try {
      return await accept();
    } finally {
      this.accepting = false;
    }
  }

  /** A document was edited at `start`. */
  edited(key: string, start: number): void {
    this.generations.edited(key);
    this.refusals.edited(key, start);
  }

  /** The cursor is somewhere. */
  moved(place: Place): void {
    this.generations.moved(place);
    this.offers.moved(place);
  }

  /** Stops what runs and withdraws what is offered. */
  stop(): void {
    this.generations.stop();
    this.offers.withdraw();
  }

  dispose(): void {
    this.stop();
    this.cache.clear();
    this.subscription.dispose();
  }

  private mannered(items: readonly Suggestion[], { preferences }: Question, place: Place): readonly Suggestion[] {
    const manners = { lines: preferences.length === 'paragraph' };
    return items.flatMap((item) => presentable(item, place, manners) ?? []);
  }

  private start(question: Question, spot: Spot, terms: Terms): Generation {
    const { state, offset, preferences } = question;
    const { eol } = preferences;
    const { weightsId } = this;
    const wasReady = this.engine.state.kind === 'ready';
    const conditions = (): string => conditionsOf(weightsId ?? this.weightsId, eol, terms);
    const work: Work = async (made, signal, onPartial) => {
      const began = performance.now();
      let reply: CompleteReply;
      try {
        const hooks = { signal, onPartial: (text: string) => onPartial(withEol(text, eol)) };
        reply = await state.engine.complete({ ...terms, offset }, hooks);
      } catch (error) {
        if (error instanceof EngineCancelled) return;
        this.onTrouble(error as Error);
        throw error;
      }
      if (reply.reason && GIVEN_UP.has(reply.reason.kind)) return;
      if (wasReady && terms.alternatives === 1) this.debounce.answered(performance.now() - began);
      const suggestions = reply.completions.map(({ text, labels }) => ({ text: withEol(text, eol), labels }));
      this.cache.put({ ...made, conditions: conditions() }, suggestions, reply.reason ?? undefined);
      if (reply.reason) this.refusals.note(spot.place, reply.reason, performance.now());
    };
    return this.generations.start(spot, conditions, () => state.text, work);
  }
}

/** Marks what the editor translates as it shows it: `npm run l10n` finds this message. */
const l10n = { t: (message: string): string => message };
const UNFIT = l10n.t('The suggestion does not fit on this line: begin a new one, and ask again.');
const SUPERSEDED: Answer = { kind: 'nothing', reason: 'superseded' };

function silent({ kind, sentence }: Silence): Answer {
  return { kind: 'nothing', reason: kind, sentence };
}

/** The alternatives to choose from: what is on the screen stays the first of them, in the place of that which follows the same label. */
function choice(shown: readonly Suggestion[], made: readonly Suggestion[]): readonly Suggestion[] {
  const [first] = shown;
  if (first === undefined) return made;
  const others = made.filter(({ text, labels }) => text !== first.text && labels[0]?.id !== first.labels[0]?.id);
  return [first, ...others].slice(0, Math.max(made.length, 1));
}
