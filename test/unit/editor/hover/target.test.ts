import { describe, expect, it } from 'vitest';
import { hoverTarget } from '../../../../src/editor/hover/target';
import { stateOf } from '../support/plannedState';

const TEXT = '# Title\n\nOne is here. Two is here.\n\n- An item.\n\n```js\ncode();\n```\n\nThe end.\n\n';

describe.each([
  ['\\n', TEXT],
  ['\\r\\n', TEXT.replaceAll('\n', '\r\n')],
])('hoverTarget, lines ended by %s', (_, text) => {
  const state = stateOf(text);
  const said = (offset: number): string => {
    const target = hoverTarget(state, offset);
    if (target === undefined) return 'nothing';
    if (target.kind !== 'place') return `${target.kind}: ${text.slice(target.span.start, target.span.end)}`;
    const next = state.units.units[target.unit];
    return `before: ${next ? text.slice(next.start, next.end).trim() : 'the end'}`;
  };

  it.each([
    ['wo is', 0, 'sentence: Two is here.'],
    ['One', 0, 'sentence: One is here.'],
    ['itle', 0, 'heading: # Title'],
    ['item', 0, 'sentence: - An item.'],
    ['code();', 2, 'nothing'],
    ['Two is here.', 'Two is here.'.length, 'sentence: Two is here.'],
    ['The end.', 'The end.'.length, 'before: the end'],
  ])('at “%s” + %d: %s', (words, by, expected) => expect(said(text.indexOf(words) + by)).toBe(expected));

  it('behind all text: what is next', () => expect(said(text.length)).toBe('before: the end'));

  it('on the blank line before a list: what is expected there', () => {
    expect(said(text.indexOf('- An item') - 1)).toBe('before: - An item.');
  });

  it('on the blank line before code: nothing', () => expect(said(text.indexOf('```') - 1)).toBe('nothing'));
});

it('says nothing of an empty text', () => expect(hoverTarget(stateOf(''), 0)).toBeUndefined());
