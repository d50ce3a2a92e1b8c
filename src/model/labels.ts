import { ModelError } from './errors';
import { Fields } from './fields';

/** What a sentence of a label does, roughly: of the many labels, those that belong together (models/recipe/names.py says what each stands for). */
const LABEL_FAMILIES = [
  'topic',
  'definition',
  'description',
  'fact',
  'reason',
  'example',
  'comparison',
  'instruction',
  'requirement',
  'warning',
  'advice',
  'proposal',
  'question',
  'event',
  'scene',
  'speech',
  'people',
  'reference',
  'item',
  'code',
] as const;
export type LabelFamily = (typeof LABEL_FAMILIES)[number];

export interface LabelExample {
  readonly text: string;
  readonly source: string;
}

/** What a writer is told about one abstract sentence label. */
export interface Label {
  readonly id: number;
  readonly name: string;
  /** Undefined where nobody has read its sentences. */
  readonly family: LabelFamily | undefined;
  readonly terms: readonly string[];
  readonly examples: readonly LabelExample[];
  /** Share of the training units that carry the label. */
  readonly frequency: number;
}

/** The labels of a model in the order of their ids, which index the codebook. */
export class LabelSet {
  private constructor(readonly all: readonly Label[]) {}

  /**
   * labels.json: `{"labels": [{"id", "name", "family", "terms", "examples": [{"text", "source"}], "frequency"}, …]}`.
   * @throws {ModelError} naming the entry that is wrong, or the count where it is not `count`
   */
  static parse(value: unknown, file: string, count: number): LabelSet {
    const entries = Fields.of(value, file).raw('labels');
    if (!Array.isArray(entries)) throw new ModelError('config', file, 'must be a list', 'labels');
    if (entries.length !== count) {
      throw new ModelError('config', file, `lists ${entries.length} labels, config.json asks for ${count}`, 'labels');
    }
    return new LabelSet(entries.map((entry: unknown, id) => parseLabel(Fields.of(entry, file, `labels[${id}]`), id)));
  }

  get count(): number {
    return this.all.length;
  }

  /** @throws {RangeError} for an id that is no label */
  get(id: number): Label {
    const label = this.all[id];
    if (label === undefined) throw new RangeError(`There is no label ${id}; labels are 0 to ${this.count - 1}.`);
    return label;
  }

  /** The label of this id or exact name (upper and lower case alike), as a writer would type it. */
  find(idOrName: string): Label | undefined {
    const wanted = idOrName.trim();
    if (/^\d+$/.test(wanted)) return this.all[Number(wanted)];
    return this.all.find((label) => label.name.toLowerCase() === wanted.toLowerCase());
  }
}

function parseLabel(fields: Fields, id: number): Label {
  fields.integer('id', id, id);
  return {
    id,
    name: fields.string('name'),
    family: family(fields),
    terms: texts(fields, 'terms'),
    examples: list(fields, 'examples').map((entry) => {
      const example = Fields.of(entry, fields.file, `labels[${id}].examples`);
      return { text: example.string('text'), source: example.string('source', '') };
    }),
    frequency: fields.number('frequency', 0, 1, 0),
  };
}

function family(fields: Fields): LabelFamily | undefined {
  if (fields.raw('family') === undefined) return undefined;
  const name = fields.string('family');
  const known = LABEL_FAMILIES.find((one) => one === name);
  if (known === undefined) throw fields.error('family', `must be one of ${LABEL_FAMILIES.join(', ')}`);
  return known;
}

function list(fields: Fields, name: string): unknown[] {
  const value = fields.raw(name) ?? [];
  if (!Array.isArray(value)) throw fields.error(name, 'must be a list');
  return value;
}

function texts(fields: Fields, name: string): string[] {
  const values = list(fields, name);
  if (!values.every((value) => typeof value === 'string')) throw fields.error(name, 'must be a list of texts');
  return values;
}
