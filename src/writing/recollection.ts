import type { Encoding } from '../text/tokenizer';
import type { UnitDocument } from '../text/units';
import { DocumentMemory } from './documentMemory';

/** Tokens before the cursor that are remembered, some 30 kB of text. */
const REACH = 8192;
/** Longer units are code, tables or data: slow to tokenise, and nothing a sentence would repeat. */
const LONGEST_UNIT = 4096;

/** The memory of the units before the one being written, kept while that is being written. */
export class Recollection {
  private held: { readonly text: string; readonly memory: DocumentMemory } | undefined;

  /** @param reach tokens that are remembered, at least; 0 for none */
  constructor(
    private readonly encode: (text: string) => Encoding,
    private readonly reach = REACH,
  ) {}

  /** @param closed units of the draft that are closed before the cursor */
  before(draft: UnitDocument, closed: number): DocumentMemory {
    const text = draft.text.slice(0, draft.units[closed]?.start ?? draft.text.length);
    if (this.held?.text !== text) this.held = { text, memory: new DocumentMemory(this.tokens(draft, closed)) };
    return this.held.memory;
  }

  private tokens(draft: UnitDocument, closed: number): number[] {
    const parts: (readonly number[])[] = [];
    let total = 0;
    for (let i = closed - 1; i >= 0 && total < this.reach; i--) {
      const { start, end } = draft.units[i]!;
      if (end - start > LONGEST_UNIT) continue;
      const { ids } = this.encode(draft.text.slice(start, end));
      parts.push(ids);
      total += ids.length;
    }
    return parts.reverse().flat();
  }
}
