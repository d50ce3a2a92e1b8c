import { open } from 'node:fs/promises';
import { looksBinary } from '../writing/modelText';
import { couldNot } from './failure';
import type { Terminal } from './terminal';

export interface Input {
  /** As given on the command line. */
  readonly file: string;
  readonly text: string;
}

/** Some ten times the longest novel: what is larger is not a document. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Reads a document, `-` from standard input. A byte order mark is no part of the text, as in editors. @throws {CliFailure} */
export async function readInput(file: string, terminal: Terminal): Promise<Input> {
  const bytes = file === '-' ? await terminal.stdin() : await readFile(file);
  const shown = file === '-' ? 'Standard input' : file;
  if (bytes.length > MOST_BYTES) throw tooLarge(shown, bytes.length);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw couldNot(`${shown} is encoded in UTF-16. Save it as UTF-8 and try again.`);
  }
  const text = new TextDecoder('utf-8').decode(bytes);
  if (looksBinary(text))
    throw couldNot(`${shown} is not text: it holds bytes that are not UTF-8, or control characters.`);
  if (text.includes('\uFFFD') && !Buffer.from(bytes).includes('\uFFFD')) {
    terminal.err(`${shown}: some bytes are not UTF-8 and are read as U+FFFD.\n`);
  }
  return { file, text };
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > MOST_BYTES) throw tooLarge(path, size);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOENT':
      case 'ENOTDIR':
        throw couldNot(`There is no file ${path}.`);
      case 'EISDIR':
        throw couldNot(`${path} is a folder. Name a Markdown file in it.`);
      case 'EACCES':
      case 'EPERM':
        throw couldNot(`${path} may not be read: its permissions forbid it.`);
      default:
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
        throw couldNot(`${path} cannot be read: ${(error as Error).message}.`);
    }
  }
}

function tooLarge(shown: string, bytes: number): Error {
  const mebibytes = (size: number): string => `${(size / 1024 / 1024).toFixed(1)} MiB`;
  return couldNot(`${shown} is ${mebibytes(bytes)} long; documents of up to ${mebibytes(MOST_BYTES)} are read.`);
}
