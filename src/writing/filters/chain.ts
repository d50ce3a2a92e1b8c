import type { Filter, FilterContext, Verdict } from './filter';
import { trimMarker } from './bareMarker';
import { cutAtClosing } from './closedBehind';
import { trimDangling } from './danglingWord';
import { dropFollowing } from './following';
import { openSentence } from './fullStop';
import { joinSuffix } from './joinSuffix';
import { cutAtWrongNumber } from './listNumber';
import { trimStart } from './listSpace';
import { dropBlank } from './onlySpace';
import { closeSyntax } from './openSyntax';
import { cutRepeatedHeading } from './repeatedHeading';
import { cutRepeatedSentence } from './repeatedSentence';
import { cutRepetition } from './repetition';
import { cutAtLineEnd } from './restOfLine';
import { trimOverlap } from './suffixOverlap';
import { cutUnknownAddress } from './unknownAddress';

/** What decides the words of a completion, in order. `joinSuffix` comes last, once the confidence gate has cut too. */
const CHAIN: readonly Filter[] = [
  cutRepetition,
  trimStart,
  cutAtLineEnd,
  trimOverlap,
  cutAtClosing,
  openSentence,
  dropFollowing,
  cutRepeatedSentence,
  cutRepeatedHeading,
  cutAtWrongNumber,
  closeSyntax,
  cutUnknownAddress,
  trimDangling,
  trimMarker,
  dropBlank,
];
/** Of a beginning it cannot be said whether the sentence would have been the same. */
const CHAIN_OF_BEGINNINGS = CHAIN.filter((filter) => filter !== cutRepeatedSentence);

/** Runs a completion through all filters; the first that drops it names the reason. */
export function filterCompletion(text: string, context: FilterContext): Verdict {
  return run(CHAIN, text, context);
}

/** The same for what the gate has left of a filtered completion: it may have cut inside a construct that the whole text closed. */
export function filterBeginning(text: string, context: FilterContext): Verdict {
  return run(CHAIN_OF_BEGINNINGS, text, context);
}

function run(filters: readonly Filter[], text: string, context: FilterContext): Verdict {
  let kept = text;
  for (const filter of filters) {
    const verdict = filter(kept, context);
    if ('drop' in verdict) return verdict;
    kept = verdict.text;
  }
  return { text: kept };
}

export { joinSuffix };
