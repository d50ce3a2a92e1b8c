import type { Encoding } from '../text/tokenizer';
import type { UnitDocument } from '../text/units';
import { DocumentMemory, MEMORY_GAP } from './documentMemory';
import { contentKey } from './unitCache';

/** Characters before the cursor that are remembered: some 8,000 tokens. */
const REACH = 32_768;
/** Longer units are code, tables or data: slow to tokenise, and nothing a sentence would repeat. */
const LONGEST_UNIT = 4096;

/** The memory of the units before the one being written, kept while that is being written. */
export class Recollection {
  private held: { readonly key: string; readonly memory: DocumentMemory } | undefined;

  /** @param reach characters that are remembered; 0 for none */
  constructor(
    private readonly encode: (text: string) => Encoding,
    private readonly reach = REACH,
  ) {}

  /** @param closed units of the draft that are closed before the cursor */
  before({ text, units }: UnitDocument, closed: number): DocumentMemory {
    const end = units[closed]?.start ?? text.length;
    let first = closed;
    while (first > 0 && units[first - 1]!.start >= end - this.reach) first--;
    const key = contentKey(text.slice(units[first]?.start ?? end, end));
    if (this.held?.key !== key) {
      const tokens = units
        .slice(first, closed)
        .flatMap(({ start, end: unitEnd }) =>
          unitEnd - start > LONGEST_UNIT ? [MEMORY_GAP] : this.encode(text.slice(start, unitEnd)).ids,
        );
      this.held = { key, memory: new DocumentMemory(tokens) };
    }
    return this.held.memory;
  }
}
