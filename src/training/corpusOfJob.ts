import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCorpus, type Corpus, type CorpusDocument } from './corpus/survey';
import type { JobOptions, Survey, TrainingMode } from './jobTypes';
import type { StoredModel } from './store';

/** Larger files are data, not documents; and so much text in all is more than a run can read. */
const MAX_FILE_BYTES = 1 << 20;
const MAX_TOTAL_BYTES = 32 << 20;
/** Held out: enough to measure on, little enough to miss. */
const HELD_OUT = 0.1;

/** Less cannot change a model for the better. */
const FEWEST_DOCUMENTS = 4;
const FEWEST_CHARACTERS = 8_000;

/**
 * The documents of a job.
 * @param current the workspace's model, which a run goes on from or is to better: it is not measured on what it was trained on
 * @throws {CancelledError}
 */
export function corpusOf(
  options: JobOptions,
  current: Pick<StoredModel, 'trainedOn'> | undefined,
  signal?: AbortSignal,
): Promise<Corpus> {
  // "!" leaves out, as in .gitignore; to the matcher "not this" would be everything else.
  const leftOut = options.include.flatMap((glob) => (glob.startsWith('!') ? [glob.slice(1)] : []));
  return readCorpus(
    {
      folders: options.folders.map(({ path, exclude }) => ({ path, exclude: [...exclude, ...leftOut] })),
      include: options.include.filter((glob) => !glob.startsWith('!')),
      maxFileBytes: MAX_FILE_BYTES,
      maxTotalBytes: MAX_TOTAL_BYTES,
      heldOutFraction: HELD_OUT,
      seed: options.seed,
      trainedOn: new Set(current?.trainedOn),
    },
    signal,
  );
}

/** Why these documents are not enough; undefined where they are. */
export function refusalOf({ documents }: Corpus): string | undefined {
  if (documents.length === 0) {
    return 'There are no documents to learn from in this workspace. Open a folder with Markdown documents, or name others in planwright.training.include.';
  }
  const characters = documents.reduce((sum, { text }) => sum + text.length, 0);
  if (documents.length >= FEWEST_DOCUMENTS && characters >= FEWEST_CHARACTERS) return undefined;
  const found = `${documents.length} ${documents.length === 1 ? 'document' : 'documents'} of ${characters} characters in all`;
  return `There is too little to learn from: ${found}. It takes at least ${FEWEST_DOCUMENTS} documents and ${FEWEST_CHARACTERS} characters; write some more first.`;
}

/** How many files were left out, by reason. */
export function skippedByReason({ skipped }: Corpus): Survey['skipped'] {
  const counts: Record<string, number> = {};
  for (const { reason } of skipped) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

export function textsOf({ documents }: Corpus, split: CorpusDocument['split']): CorpusDocument[] {
  return documents.filter((document) => document.split === split);
}

/** SHA-256 by path, as it is kept with a tuned model. */
export function hashesOf({ documents }: Corpus): Record<string, string> {
  return Object.fromEntries(documents.map(({ path, hash }) => [path, hash]));
}

/** Hashes of all that a model was trained on which goes on from an earlier one. */
export function trainedOnOf(corpus: Corpus, earlier: Pick<StoredModel, 'trainedOn'> | undefined): string[] {
  return [...new Set([...(earlier?.trainedOn ?? []), ...textsOf(corpus, 'train').map(({ hash }) => hash)])].sort();
}

/** Documents that are new or changed since. */
export function changedSince(corpus: Corpus, before: Readonly<Record<string, string>>): number {
  return corpus.documents.filter(({ path, hash }) => before[path] !== hash).length;
}

/** What a run starts from, and so the mode that it is made in, whatever was asked for. */
export interface Start {
  /** SHA-256 by name of the base model's files. */
  readonly base: Readonly<Record<string, string>>;
  /** The workspace's model that is gone on from. */
  readonly earlier: Pick<StoredModel, 'sha256' | 'mode'> | undefined;
}

export function modeOf(options: JobOptions, earlier: Start['earlier']): TrainingMode {
  return earlier?.mode ?? options.mode;
}

/** Names a run: the same documents, options and models to start from make the same one. */
export function runIdentity(corpus: Corpus, options: JobOptions, { base, earlier }: Start): string {
  const { device, runtime, minutes, seed, again = false } = options;
  const documents = corpus.documents.map(({ hash, split }) => [hash, split]);
  const settings = { mode: modeOf(options, earlier), device, runtime, minutes, seed, again };
  return createHash('sha256')
    .update(JSON.stringify([documents, settings, base, earlier?.sha256 ?? null]))
    .digest('hex');
}

/** The general text that a model folder brings against forgetting; none where it brings none. */
export async function replayTexts(folder: string): Promise<{ readonly text: string }[]> {
  const lines = await readFile(join(folder, 'replay.jsonl'), 'utf8').catch(() => '');
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly text: string });
}
