import { describe, expect, it } from 'vitest';
import { trimOverlap } from '../../../../src/writing/filters/suffixOverlap';

const filter = (text: string, after: string) => trimOverlap(text, { before: '', unit: '', after });

describe('overlap with the text after the cursor', () => {
  it('takes the longest overlap of words off the end', () => {
    expect(filter('sat quietly on the mat', ' on the mat and slept.')).toEqual({ text: 'sat quietly' });
  });

  it('sees through punctuation', () => {
    expect(filter('sat on the mat.', ' on the mat, and slept.')).toEqual({ text: 'sat' });
  });

  it('cuts where the completion reaches the following words early', () => {
    expect(filter('sat on the chair all day', ' on the mat.')).toEqual({ text: 'sat' });
  });

  it('takes a single shared word off the end, not out of the middle', () => {
    expect(filter('a very old', ' old house')).toEqual({ text: 'a very' });
    expect(filter('a very old tall', ' old house')).toEqual({ text: 'a very old tall' });
  });

  it('drops what only repeats', () => {
    expect(filter('on the mat', ' on the mat')).toEqual({ drop: 'repeats-suffix' });
    expect(filter(' on the mat.', ' on the mat.\nNext')).toEqual({ drop: 'repeats-suffix' });
  });

  it('offers no word that stands there already, if it is a word that begins', () => {
    const behind = (before: string, text: string, after: string) => trimOverlap(text, { before, unit: before, after });
    const dropped = { drop: 'repeats-suffix' };
    expect(behind('You do not', ' need to', ' need a kettle.')).toEqual(dropped);
    expect(behind('A simple timer ', 'is a', 'is enough.')).toEqual(dropped);
    expect(behind('A timer (', 'it is', 'it beeps)')).toEqual(dropped);
    expect(behind('He put it in', 'to a', ' to be')).toEqual({ text: 'to a' });
    expect(behind('A simple timer', ' that is', ' is enough.')).toEqual({ text: ' that' });
    expect(behind('It ', 'is a need', ' need of')).toEqual({ text: 'is a' });
  });

  it('sees what follows a mark of its own', () => {
    expect(filter('this and then that.', ', and then that.')).toEqual({ text: 'this' });
    expect(filter('and pepper', ', pepper and oil.')).toEqual({ text: 'and pepper' });
    expect(filter('it', ', it asks you.')).toEqual({ text: 'it' });
  });

  it('meets most of the following words, not the first of them that comes by', () => {
    const after = ' the schema of the function.';
    expect(filter('the privilege on the schema of the function.', after)).toEqual({ text: 'the privilege on' });
    expect(filter('to pause a project or end a project prematurely.', 'a project prematurely.')).toEqual({
      text: 'to pause a project or end',
    });
  });

  it('meets the rest of a word behind a hyphen or an apostrophe', () => {
    expect(filter('on user-mode dumps, too', '-mode dumps')).toEqual({ text: 'on user' });
    expect(filter("they won't be added.", "'t be added.")).toEqual({ text: 'they won' });
    expect(filter('a user-mode dump', ' mode')).toEqual({ text: 'a user-mode dump' });
  });

  it('meets the last word of a link', () => {
    expect(filter('no backing fields', 'fields](properties.md#fields).')).toEqual({ text: 'no backing' });
    expect(filter('fields', 'fields](properties.md#fields).')).toEqual({ drop: 'repeats-suffix' });
  });

  it('takes the mark before the following words off as well', () => {
    expect(filter('to the handbook, run it', ', run it')).toEqual({ text: 'to the handbook' });
    expect(filter('in the guide / docs.', ' / docs.')).toEqual({ text: 'in the guide' });
    expect(filter('at the gate — there', '— there are')).toEqual({ text: 'at the gate — there' });
    expect(filter('at the gate — there are', '— there are')).toEqual({ text: 'at the gate' });
  });

  it('looks at the rest of the line only', () => {
    expect(filter('next line', '\nnext line')).toEqual({ text: 'next line' });
    expect(filter('some words', '')).toEqual({ text: 'some words' });
  });
});
