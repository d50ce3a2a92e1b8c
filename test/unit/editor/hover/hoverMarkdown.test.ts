import { describe, expect, it } from 'vitest';
import type { DocumentState } from '../../../../src/editor/documents/documentState';
import { hoverMarkdown, type HoverSources } from '../../../../src/editor/hover/hoverMarkdown';
import { hoverTarget } from '../../../../src/editor/hover/target';
import { EngineError } from '../../../../src/engine/engine';
import type { LabelInfo } from '../../../../src/engine/protocol';
import { english } from '../support/localiser';
import { plannedState, stateOf } from '../support/plannedState';

const TEXT = '# Title\n\nOne is here. Two is here.\n\nThree ends it.\n';
const predicted = [0.41, 0.22, 0.1, 0.05, 0.03, 0.02].map((probability, id) => ({ id, probability }));
const ADDRESS = encodeURIComponent('file:///notes.md');

const info = (id: number): LabelInfo => ({
  id,
  name: `name${id} · [term] · *x*`,
  terms: ['term', `term${id}`, 'a|b'],
  examples: [`- An *example* of ${id} | with <b>everything</b> 👍. ${'And more of it. '.repeat(20)}`],
  frequency: 0.001,
});
const sources: HoverSources = {
  labels: { get: info, name: (id) => info(id).name },
  engine: { kind: 'stopped' },
  influence: undefined,
  l10n: english,
};

function hover(state: DocumentState, words: string, more: Partial<HoverSources> = {}): string {
  const target = hoverTarget(state, words === '' ? state.text.length : state.text.indexOf(words));
  return hoverMarkdown(state, target!, { ...sources, ...more });
}
const labelled = (label: number) => () => ({ label, predicted, surprisal: 12 });

describe('the hover on a sentence', () => {
  it('says what it is and what was expected', () => {
    const text = hover(plannedState(TEXT, labelled(1)), 'Two');
    expect(text).toMatch(/^This sentence: \*\*name1 · \\\[term\\\] · \\\*x\\\*\*\* \(22 \\% expected\)/);
    expect(text).toContain('**name1 · \\[term\\] · \\*x\\*** (as written)');
    expect(text.match(/^\| \d/gm)).toHaveLength(5);
    expect(text).toMatch(/^\| 41 \\% \| █{8}&nbsp;&nbsp; \| name0 · /m);
    expect(text).toContain('**name0 · \\[term\\] · \\*x\\***: term0, a\\|b; for example “');
    expect(text).not.toContain('before your last change');
    expect(text).not.toContain('because');
  });

  it('quotes an example, short and as it is', () => {
    const [example] = /for example .*$/m.exec(hover(plannedState(TEXT, labelled(1)), 'Two'))!;
    expect(example).toContain('for example “\\- An \\*example\\* of 0 \\| with \\<b\\>everything\\<\\/b\\> 👍\\.');
    expect(example.replaceAll('\\', '').length).toBeLessThanOrEqual(140 + 'for example “”'.length);
  });

  it('says how improbable it was when it was not expected', () => {
    const text = hover(plannedState(TEXT, labelled(9)), 'Two');
    expect(text).toContain('(\\<0\\.1 \\%, not among the 5 most expected)');
    expect(text).not.toContain('as written');
  });

  it('offers what can be done, at the beginning of the sentence', () => {
    const text = hover(plannedState(TEXT, labelled(1)), 'wo is');
    const offset = TEXT.indexOf('Two');
    const place = (more: string): string =>
      `(command:planwright.${more}`.replace('AT', encodeURIComponent(`","offset":${offset}`));
    expect(text).toContain(place(`steer?${encodeURIComponent('[{"uri":"')}${ADDRESS}AT`));
    expect(text).toContain(
      place(`pin?${encodeURIComponent('[{"uri":"')}${ADDRESS}AT${encodeURIComponent(',"label":0}]')}`),
    );
    expect(text.match(/planwright\.never/g)).toHaveLength(5);
  });

  it('says what is pinned and excluded there', () => {
    const state = plannedState(TEXT, labelled(1));
    state.steering.set(TEXT.indexOf('Two'), { pins: [2, 7], never: [3] });
    const text = hover(state, 'Two');
    expect(text).toContain('Pinned here: name2 · \\[term\\] · \\*x\\* → name7 · ');
    expect(text).toMatch(/name2 .* \(pinned\)/);
    expect(text).toMatch(/name3 .* \(excluded\)/);
    expect(text).toMatch(/name2 .*\[Unpin\]\(command:planwright\.unpin\?.*\[Never here\]/);
    expect(text).toMatch(/name3 .*\[Pin\].*\[Allow\]\(command:planwright\.allow\?/);
  });

  it('says why, where that is known', () => {
    const influence = { unit: 2, label: 0, probability: 0.41, sources: [{ unit: 1, without: 0.22 }] };
    expect(hover(plannedState(TEXT, labelled(1)), 'Two', { influence })).toContain(
      'mostly because of: “One is here\\.” (without it 41 \\% → 22 \\%)',
    );
  });

  it('says what is older than the last change, and only of that', () => {
    const state = plannedState(TEXT, labelled(1));
    const at = TEXT.indexOf('Two') + 3;
    state.edit([{ start: at, end: at, text: 'fold' }]);
    expect(hover(state, 'One')).not.toContain('From before your last change');
    expect(hover(state, 'Twofold')).toContain('From before your last change');
    expect(hover(state, 'Three')).toContain('From before your last change');
  });
});

describe('the hover at the end of the text', () => {
  it('says what is next', () => {
    const state = plannedState(TEXT, labelled(1), [{ id: 4, probability: 0.3 }]);
    const text = hover(state, '');
    expect(text).toMatch(/^\*\*What is expected next\*\*/);
    expect(text).toMatch(/^\| 30 \\% \|/m);
  });
});

describe('the hover while no plan is known', () => {
  it('says so, and why', () => {
    const state = stateOf(TEXT);
    expect(hover(state, 'Two')).toBe('The plan is not known yet. The engine is not running.');
    const error = new EngineError('crashed', 'It [ended] thrice.');
    expect(hover(state, 'Two', { engine: { kind: 'failed', error } })).toBe(
      'The plan is not known yet. It \\[ended\\] thrice\\.',
    );
  });
});
