import { expect, it } from 'vitest';
import { modeOf, runIdentity, trainedOnOf } from '../../../src/training/corpusOfJob';
import type { Corpus, CorpusDocument } from '../../../src/training/corpus/survey';
import { jobOptions } from './workspace';

const document = (name: string, split: CorpusDocument['split']): CorpusDocument => ({
  path: `/notes/${name}`,
  folder: '/notes',
  text: name,
  hash: name,
  split,
});
const CORPUS: Corpus = { documents: [document('a', 'train'), document('b', 'heldOut')], skipped: [] };
const BASE = { 'lm.safetensors': 'x' };

it('a run is another one where it starts from another model, in the mode of that', () => {
  const options = jobOptions('/root', { again: true, mode: 'light' });
  const earlier = { sha256: 'one', mode: 'light' } as const;
  const identity = runIdentity(CORPUS, options, { base: BASE, earlier });
  expect(runIdentity(CORPUS, { ...options, mode: 'full' }, { base: BASE, earlier })).toBe(identity);
  const others = [
    runIdentity(CORPUS, options, { base: BASE, earlier: { ...earlier, sha256: 'other' } }),
    runIdentity(CORPUS, options, { base: BASE, earlier: { ...earlier, mode: 'full' } }),
    runIdentity(CORPUS, options, { base: { 'lm.safetensors': 'y' }, earlier }),
    runIdentity(CORPUS, options, { base: BASE, earlier: undefined }),
    ...[{ seed: 2 }, { minutes: 5 }, { device: 'webgpu' as const }].map((change) =>
      runIdentity(CORPUS, { ...options, ...change }, { base: BASE, earlier }),
    ),
    runIdentity({ ...CORPUS, documents: [document('a', 'heldOut'), document('b', 'train')] }, options, {
      base: BASE,
      earlier,
    }),
    runIdentity({ ...CORPUS, documents: CORPUS.documents.slice(1) }, options, { base: BASE, earlier }),
  ];
  expect(new Set([identity, ...others]).size).toBe(others.length + 1);
  expect(modeOf({ ...options, mode: 'full' }, earlier)).toBe('light');
  expect(modeOf(options, undefined)).toBe('light');
});

it('a model that goes on from another was trained on what that was, too', () => {
  expect(trainedOnOf(CORPUS, undefined)).toEqual(['a']);
  expect(trainedOnOf(CORPUS, { trainedOn: ['c', 'a'] })).toEqual(['a', 'c']);
  expect(trainedOnOf(CORPUS, {})).toEqual(['a']);
});
