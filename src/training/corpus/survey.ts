import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { checkpoint } from '../../writing/cancellation';
import { decodeText } from './decode';
import { draw } from './draw';
import { withoutFrontMatter } from './frontMatter';
import { isGenerated } from './generated';
import { NearDuplicates } from './nearDuplicates';
import { hasScoredLetters, lettersIn } from './scoring';
import { splitOf, type Split } from './split';
import { templatePages } from './templatePages';
import { walk, type DocumentFolder, type FoundFile } from './walk';

/**
 * Markdown and its kin, by the endings that editors know them by. Neither plain text, which in a workspace is mostly data, logs and lists, nor
 * reStructuredText, whose markup the bundled model has not seen: who writes these adds their globs.
 */
const DEFAULT_INCLUDE = ['**/*.{md,markdown,markdn,mdown,mdwn,mkd,mkdn,mdtxt,mdtext,mdx,rmd,qmd}'] as const;

export interface CorpusOptions {
  readonly folders: readonly DocumentFolder[];
  /** Globs of the files to read, relative to each folder; {@link DEFAULT_INCLUDE} if none. Upper and lower case are the same here. */
  readonly include: readonly string[];
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
  /** Share of the documents that is held out, in [0, 1]. */
  readonly heldOutFraction: number;
  readonly seed: number;
  /** Hashes of documents that a model was trained on which is to be measured: others are held out, as long as there are any. */
  readonly trainedOn?: ReadonlySet<string>;
}

export interface CorpusDocument {
  readonly path: string;
  /** The one of the folders that it was found in. */
  readonly folder: string;
  /** Line breaks are \n; no byte order mark; front matter included. */
  readonly text: string;
  /** SHA-256 of the text in hex. */
  readonly hash: string;
  readonly split: Split;
}

export type SkipReason =
  | 'ignored'
  | 'excluded'
  | 'too-large'
  | 'binary'
  | 'not-utf8'
  | 'duplicate'
  | 'generated'
  | 'too-short'
  | 'unreadable'
  | 'over-total';

/** A file, or a folder with all that is in it, that was left out. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: SkipReason;
}

export interface Corpus {
  readonly documents: readonly CorpusDocument[];
  readonly skipped: readonly SkippedFile[];
}

/** Letters that a document must have in what is learnt, so neither in front matter nor in HTML: two sentences. A shorter one has nothing to be predicted from. */
const FEWEST_LETTERS = 100;

/**
 * The documents of a workspace, by path. Files are taken in an order drawn by seed and name: of copies the first in that order stays, and once
 * the total is reached a file is taken only if it still fits. A drawn order rather than the newest first: it is a fair sample of the
 * workspace, it does not change when a file is saved, and dates say nothing in a fresh clone.
 * @throws {CancelledError}
 */
export async function readCorpus(options: CorpusOptions, signal?: AbortSignal): Promise<Corpus> {
  const include = options.include.length > 0 ? options.include : DEFAULT_INCLUDE;
  const found = await walk({ ...options, include }, signal);
  const skipped = [...found.skipped];
  const chosen: Candidate[] = [];
  const near = new NearDuplicates();
  let total = 0;
  for (const file of inDrawnOrder(found.files, options.seed)) {
    await checkpoint(signal);
    const read = await readCandidate(file, options.maxFileBytes, options.maxTotalBytes - total);
    const usable = typeof read === 'string' ? read : (flaw(read, near) ?? read);
    if (typeof usable === 'string') {
      skipped.push({ path: file.path, reason: usable });
    } else {
      chosen.push(usable);
      total += file.bytes;
    }
  }
  const isTemplate = templatePages(chosen.map(({ body }) => body));
  const kept = chosen.filter((_, i) => !isTemplate[i]!);
  for (const { file } of chosen.filter((_, i) => isTemplate[i]!)) {
    skipped.push({ path: file.path, reason: 'generated' });
  }
  const hashes = kept.map(({ text }) => createHash('sha256').update(text).digest('hex'));
  const splits = splitOf(
    kept.map(({ file }) => file.name),
    options.heldOutFraction,
    options.seed,
    hashes.map((hash) => options.trainedOn?.has(hash) ?? false),
  );
  const documents = kept.map(({ file: { path, folder }, text }, i) => ({
    path,
    folder,
    text,
    hash: hashes[i]!,
    split: splits[i]!,
  }));
  return { documents: documents.sort(byPath), skipped: skipped.sort(byPath) };
}

function inDrawnOrder(files: readonly FoundFile[], seed: number): FoundFile[] {
  return files
    .map((file) => ({ file, place: draw('order', seed, file.name) }))
    .sort((a, b) => a.place - b.place || byPath(a.file, b.file))
    .map(({ file }) => file);
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** A file that was read. */
interface Candidate {
  readonly file: FoundFile;
  readonly text: string;
  /** The text without front matter. */
  readonly body: string;
}

/** Why a text is of no use, if so; else it is remembered, so that its copies are known. */
function flaw({ file: { path }, text, body }: Candidate, near: NearDuplicates): SkipReason | undefined {
  // Splitting a text takes longer than counting its letters.
  if (lettersIn(body) < FEWEST_LETTERS) return 'too-short';
  if (isGenerated({ path, text })) return 'generated';
  if (!hasScoredLetters(body, FEWEST_LETTERS)) return 'too-short';
  return near.seen(body) ? 'duplicate' : undefined;
}

/**
 * A file's text, or why there is none. It may have become another kind of thing, grown or gone since it was found.
 * @param most bytes of a file
 * @param left bytes there is room for in all; a file that needs more is not read
 */
async function readCandidate(file: FoundFile, most: number, left: number): Promise<Candidate | SkipReason> {
  if (file.bytes > most) return 'too-large';
  if (file.bytes > left) return 'over-total';
  try {
    const handle = await open(file.path, READ_FLAGS);
    try {
      const status = await handle.stat();
      if (!status.isFile()) return 'unreadable';
      if (status.size > most) return 'too-large';
      const decoded = decodeText(await handle.readFile());
      if ('reason' in decoded) return decoded.reason;
      return { file, text: decoded.text, body: withoutFrontMatter(decoded.text) };
    } finally {
      await handle.close();
    }
  } catch {
    return 'unreadable';
  }
}

/** Not through a link, and without waiting for the other end of a pipe; Windows has neither flag. */
const READ_FLAGS =
  constants.O_RDONLY |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((constants.O_NONBLOCK as number | undefined) ?? 0);
