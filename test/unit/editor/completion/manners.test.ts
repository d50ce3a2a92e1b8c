import { describe, expect, it } from 'vitest';
import { presentable } from '../../../../src/editor/completion/manners';
import { Refusals } from '../../../../src/editor/completion/refusals';
import { extending } from '../../../../src/editor/completion/selected';
import { suggestion } from './support';

describe('presentable', () => {
  const shown = (before: string, text: string, after = '', lines = false): string | undefined =>
    presentable(suggestion(text), { key: 'k', text: before + after, offset: before.length }, { lines })?.text;

  it.each([
    ['goes on in the line', 'The cat', ' sat.', '', ' sat.'],
    ['stops at the end of the line', 'The cat', ' sat.\n\nThen.', '', ' sat.'],
    ['stops at the end of the line, with CRLF', 'The cat', ' sat.\r\nThen.', '', ' sat.'],
    ['shows nothing for a line break alone', 'The cat.', '\n\nThen.', '', undefined],
    ['shows no rule of which only the line is left', 'It is so:\n\n', '---\n\n## More', '', undefined],
    ['shows no fence without its code', 'So:\n\n', '```js\nlet a;\n```', '', undefined],
    ['shows no table without its rows', '| a', ' | b |\n|---|---|', '', undefined],
    ['shows no stop of which only the line is left', 'The cat', '.\n\nThen', '', undefined],
    ['shows the rest of a stop', 'The cat sat', '.', '', '.'],
    ['leaves no spaces at the end of the line', 'The cat', ' sat  \non', '', ' sat'],
    ['shows no blank', 'The cat', '  ', '', undefined],
    ['does not indent a list item', '- ', '  more', '', undefined],
    ['does not indent a task', '- [ ] ', ' more', '', undefined],
    ['does not indent a quote', '> ', ' more', '', undefined],
    ['does not indent a line', 'One.\n', ' more', '', undefined],
    ['begins a list item', '- ', 'more', '', 'more'],
    ['does not repeat the rest of the line', 'The cat ', 'sat', 'sat down.', undefined],
    ['does not repeat it with another space', 'The cat', ' sat', ' sat down.', undefined],
    ['does not repeat a stop', 'The cat sat', '.', '.', undefined],
    ['lets a part of a word stand before it', 'The cat ', 'in', 'into', 'in'],
    ['does not mind the next line', 'The cat ', 'sat', '\nsat', 'sat'],
  ])('%s', (_name, before, text, after, expected) => {
    expect(shown(before, text, after)).toBe(expected);
  });

  it('spans lines where it may', () => {
    expect(shown('The cat', ' sat.\nThen.', '', true)).toBe(' sat.\nThen.');
    expect(shown('The cat.\n', '\nThen.', '', true)).toBeUndefined();
  });
});

describe('Refusals', () => {
  const silence = { kind: 'inside-code', sentence: 'Code.' };
  const at = (before: string, after = '\n```\n') => ({ key: 'k', text: before + after, offset: before.length });

  function noted(before = '```\nlet'): Refusals {
    const refusals = new Refusals();
    refusals.note(at(before), silence, 0);
    return refusals;
  }

  it('hold while the line goes on', () => {
    expect(noted().at(at('```\nlet x = 1;'), 100)).toEqual(silence);
  });

  it.each([
    ['what may end the construct', at('```\nlet`')],
    ['a new line', at('```\nlet\n')],
    ['going back', at('```\nle')],
    ['another text after it', at('```\nlet x', '\n``\n')],
    ['another document', { ...at('```\nlet x'), key: 'other' }],
  ])('do not hold for %s', (_name, place) => {
    expect(noted().at(place, 100)).toBeUndefined();
  });

  it('do not hold before the construct, where the same stands behind the cursor', () => {
    const refusals = new Refusals();
    refusals.note({ key: 'k', text: '``x', offset: 1 }, silence, 0);
    expect(refusals.at({ key: 'k', text: '`x', offset: 0 }, 100)).toBeUndefined();
  });

  it('hold for a short while only', () => {
    expect(noted().at(at('```\nlet x'), 4000)).toBeUndefined();
  });

  it('do not outlive an edit before them', () => {
    const refusals = noted();
    refusals.edited('k', 7);
    expect(refusals.at(at('```\nlet x'), 100)).toEqual(silence);
    refusals.edited('k', 1);
    expect(refusals.at(at('```\nlet x'), 100)).toBeUndefined();
  });

  it('are kept for constructs only', () => {
    const refusals = new Refusals();
    refusals.note(at('abc'), { kind: 'inside-word', sentence: '' }, 0);
    expect(refusals.at(at('abc'), 0)).toBeUndefined();
  });
});

describe('extending', () => {
  it('serves only what begins with the selection of the suggest widget', () => {
    expect(extending('nner works', { typed: 'pla', text: 'planner' })).toBe('planner works');
    expect(extending('net', { typed: 'pla', text: 'planner' })).toBeUndefined();
    expect(extending('nner', { typed: 'pla', text: 'planner' })).toBeUndefined();
  });
});
