/**
 * Text of a stream of bytes, character by character: a token may end inside a character, and what is shown never does. Bytes that can be no UTF-8 end
 * the stream.
 */
export class Utf8Stream {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private broken = false;
  /** The bytes since the start. */
  private readonly fed: Uint8Array[] = [];

  /** Whether bytes came that are no UTF-8; nothing comes out from there on. */
  get invalid(): boolean {
    return this.broken;
  }

  /** The characters that these bytes complete. */
  push(bytes: Uint8Array): string {
    if (this.broken) return '';
    this.fed.push(bytes);
    try {
      return this.decoder.decode(bytes, { stream: true });
    } catch {
      this.broken = true;
      return '';
    }
  }

  /** Another stream that goes on from here. */
  fork(): Utf8Stream {
    const copy = new Utf8Stream();
    for (const bytes of this.fed) copy.push(bytes);
    return copy;
  }
}
