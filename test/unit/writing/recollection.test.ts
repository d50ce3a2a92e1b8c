import { describe, expect, it } from 'vitest';
import { UnitDocument, closedUnitCount } from '../../../src/text/units';
import { Recollection } from '../../../src/writing/recollection';

/** Characters as tokens; counts how many texts were tokenised. */
function tokenizer() {
  const seen: string[] = [];
  const encode = (text: string) => {
    seen.push(text);
    return { ids: Array.from(text, (c) => c.codePointAt(0)!), offsets: [] };
  };
  return { seen, encode };
}

function memoryOf(recollection: Recollection, text: string) {
  const draft = new UnitDocument(text);
  return recollection.before(draft, closedUnitCount(draft.units, text.length));
}

const knows = (memory: ReturnType<typeof memoryOf>, context: string): boolean =>
  memory.recall(Array.from(context, (c) => c.codePointAt(0)!)) !== undefined;

describe('what is remembered', () => {
  it('is the text of the units before the open one', () => {
    const memory = memoryOf(new Recollection(tokenizer().encode), 'A quick fox ran. Now zebras');
    expect(knows(memory, 'quic')).toBe(true);
    expect(knows(memory, 'z')).toBe(false);
  });

  it('is kept while the open unit grows', () => {
    const { seen, encode } = tokenizer();
    const recollection = new Recollection(encode);
    const first = memoryOf(recollection, 'One thing. Another thing. And');
    const tokenised = seen.length;
    expect(memoryOf(recollection, 'One thing. Another thing. And so')).toBe(first);
    expect(seen).toHaveLength(tokenised);
    expect(memoryOf(recollection, 'One thing. Another thing. And so on. Then')).not.toBe(first);
  });

  it('reaches back no further than told, and nowhere at all if told so', () => {
    const text = 'Xylophones play. Ducks swim. Bees hum. Then';
    expect(knows(memoryOf(new Recollection(tokenizer().encode, 20), text), 'X')).toBe(false);
    expect(knows(memoryOf(new Recollection(tokenizer().encode, 20), text), 'B')).toBe(true);
    expect(knows(memoryOf(new Recollection(tokenizer().encode, 0), text), 'B')).toBe(false);
  });

  it('leaves out units that are too long to be prose', () => {
    const { seen, encode } = tokenizer();
    memoryOf(new Recollection(encode), `Before.\n\n\`\`\`\n${'q'.repeat(5000)}\n\`\`\`\n\nAfter. Then`);
    expect(seen.some((text) => text.includes('qqq'))).toBe(false);
    expect(seen.some((text) => text.includes('Before'))).toBe(true);
    expect(seen.some((text) => text.includes('After'))).toBe(true);
  });
});
