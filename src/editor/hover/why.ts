import type { Influence } from '../../engine/protocol';
import { clip } from '../annotations/clip';
import { percent } from '../annotations/percent';
import type { DocumentState } from '../documents/documentState';
import type { Localiser } from '../localiser';
import { plain } from './markdown';

/** Sentences that are named as reasons. */
const MOST_REASONS = 2;
/** What leaving a sentence out must take from the probability for it to be a reason: a tenth of it, and no less than a hundredth in all. */
const LEAST_SHARE = 0.1;
const LEAST_DROP = 0.01;
const FIRST_WORDS = 48;

/** The earlier sentences without which the most expected label would have been less so, strongest first. */
export function reasons({ probability, sources }: Influence): Influence['sources'] {
  const least = Math.max(LEAST_DROP, LEAST_SHARE * probability);
  return sources
    .filter(({ without }) => probability - without >= least)
    .sort((a, b) => a.without - b.without)
    .slice(0, MOST_REASONS);
}

/** Why the plan says what it says, as Markdown; undefined where no single sentence is a reason. */
export function whyMarkdown(state: DocumentState, influence: Influence, l10n: Localiser): string | undefined {
  const { text, units } = state.units;
  const found = reasons(influence).flatMap(({ unit, without }) => {
    const source = units[unit];
    const words = source && clip(text.slice(source.start, source.end), FIRST_WORDS);
    if (!words) return [];
    const [before, after] = [plain(percent(influence.probability)), plain(percent(without))];
    return [l10n.t('“{0}” (without it {1} → {2})', plain(words), before, after)];
  });
  return found.length === 0 ? undefined : l10n.t('mostly because of: {0}', found.join(', '));
}
