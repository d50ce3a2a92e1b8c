import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../src/model/errors';
import { LabelSet } from '../../../src/model/labels';

const entry = (id: number, more: object = {}) => ({ id, name: `Label ${id}`, terms: [], examples: [], ...more });
const parse = (...labels: object[]): LabelSet => LabelSet.parse({ labels }, 'labels.json', labels.length);

describe('labels', () => {
  it('are found by id and by name, whatever its case', () => {
    const labels = parse(entry(0), entry(1, { name: 'Gives an example' }));
    expect(labels.find('1')).toBe(labels.get(1));
    expect(labels.find(' gives an EXAMPLE ')).toBe(labels.get(1));
    expect(labels.find('Gives')).toBeUndefined();
    expect(() => labels.get(2)).toThrow('There is no label 2; labels are 0 to 1.');
  });

  it('have a family where somebody has read their sentences', () => {
    const labels = parse(entry(0), entry(1, { family: 'example' }));
    expect(labels.all.map(({ family }) => family)).toEqual([undefined, 'example']);
  });

  it.each([
    ['an unknown family', entry(0, { family: 'poem' }), 'family'],
    ['a family that is no word', entry(0, { family: 3 }), 'family'],
    ['another id', entry(1), 'id'],
    ['terms that are no texts', entry(0, { terms: [1] }), 'terms'],
    ['examples without a text', entry(0, { examples: [{}] }), 'text'],
  ])('are refused with %s', (_, label, field) => {
    expect(() => parse(label)).toThrow(ModelError);
    expect(() => parse(label)).toThrow(field);
  });

  it('are as many as the configuration says', () => {
    expect(() => LabelSet.parse({ labels: [entry(0)] }, 'labels.json', 2)).toThrow(
      'lists 1 labels, config.json asks for 2',
    );
  });
});
