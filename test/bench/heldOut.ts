import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnitDocument, type UnitKind } from '../../src/text/units';
import { ModelText } from '../../src/writing/modelText';
import { seededRandom } from '../../src/writing/sampling';

/** A document that the model has not read, or a piece of one. */
export interface HeldOutDocument {
  readonly id: string;
  readonly text: string;
}

/** The Markdown files of the folder in DOCUMENTS, else the excerpts of `test/fixtures/text/heldOut.json`. */
export function heldOutDocuments(): HeldOutDocument[] {
  const own = process.env.DOCUMENTS;
  if (own === undefined) {
    return JSON.parse(
      readFileSync(join(process.cwd(), 'test/fixtures/text/heldOut.json'), 'utf8'),
    ) as HeldOutDocument[];
  }
  const files = readdirSync(own, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'));
  return files.sort().map((id) => ({ id, text: readFileSync(join(own, id), 'utf8') }));
}

/** What a list item, a heading or a quote begins with. */
const MARKER = /^(?:\s*(?:[-*+>]|#{1,6}|\d{1,3}[.)])[ \t]+)*/;

/** A place where a sentence begins. */
export interface SentenceStart {
  readonly id: string;
  readonly before: string;
  /** What its author wrote there. */
  readonly sentence: string;
}

/** Sentence starts (or those of units of another kind, behind their marker) with some units before them, spread over the documents by the seed. */
export function sentenceStarts(
  documents: readonly HeldOutDocument[],
  count: number,
  seed: number,
  kind: UnitKind = 'sentence',
): SentenceStart[] {
  const random = seededRandom(seed);
  const places = documents.flatMap(({ id, text: original }) => {
    const { text } = ModelText.of(original);
    return new UnitDocument(text).units
      .filter((unit, i) => unit.kind === kind && i >= 4 && unit.end - unit.start >= 30)
      .map(({ start, end }) => {
        const from = start + MARKER.exec(text.slice(start, end))![0].length;
        return { id, before: text.slice(0, from), sentence: text.slice(from, end).trim() };
      });
  });
  while (places.length > count) places.splice(Math.floor(random() * places.length), 1);
  return places;
}
