import { looksBinary, ModelText } from '../../writing/modelText';

/** A file's text, or why it has none. */
export type Decoded = { readonly text: string } | { readonly reason: 'binary' | 'not-utf8' };

/**
 * A file's bytes as the model reads text: UTF-8, or UTF-16 where a byte order mark says so; the mark removed, line breaks \n.
 * A NUL, or many control characters, make it binary.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  const encoding = encodingOf(bytes);
  if (encoding === 'utf-8' && bytes.includes(0)) return { reason: 'binary' };
  let text: string;
  try {
    // The decoder removes the mark.
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return { reason: 'not-utf8' };
  }
  return looksBinary(text) ? { reason: 'binary' } : { text: ModelText.of(text).text };
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}
