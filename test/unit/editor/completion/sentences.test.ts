import { describe, expect, it } from 'vitest';
import { firstSentenceLength } from '../../../../src/editor/completion/firstSentence';

describe('firstSentenceLength', () => {
  const first = (before: string, suggested: string, after = ''): string =>
    suggested.slice(0, firstSentenceLength(before + after, before.length, suggested));

  it.each([
    ['ends the sentence being written', 'The cat ', 'sat down. It slept.', 'sat down. '],
    ['takes the next one where the text has ended one', 'It is so. ', 'One is. Two is.', 'One is. '],
    ['does not stop at the space after what is written', 'It is so.', ' One is. Two is.', ' One is. '],
    ['does not stop at an abbreviation', 'See ', 'Dr. Smith. He knows.', 'Dr. Smith. '],
    ['knows an abbreviation from what is written', 'See Dr', '. Smith there. He knows.', '. Smith there. '],
    ['takes all of a single sentence', 'The cat ', 'sat down', 'sat down'],
    ['ends with its line', '- One ', 'is\n- Two is.', 'is\n'],
    ['starts at the start of the text', '', 'One. Two.', 'One. '],
    ['starts after a blank line', 'Before.\n\n', 'One. Two.', 'One. '],
  ])('%s', (_name, before, suggested, expected) => {
    expect(first(before, suggested)).toBe(expected);
    expect(first(`\`\`\`\ncode\n\`\`\`\n\n${before}`.replaceAll('\n', '\r\n'), suggested)).toBe(expected);
    expect(first(`Words before. ${'And more of them. '.repeat(500)}\n\n${before}`, suggested)).toBe(expected);
  });
});
