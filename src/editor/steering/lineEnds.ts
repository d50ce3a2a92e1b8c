/**
 * Where the offsets of a text are in another one that differs in its line ends alone (\n or \r\n); undefined where they differ in more.
 * Between \r and \n is the place before the line end.
 */
export function withOtherLineEnds(before: string, after: string): ((offset: number) => number) | undefined {
  if (before.replaceAll('\r\n', '\n') !== after.replaceAll('\r\n', '\n')) return undefined;
  return (offset) => {
    const at = offset > 0 && before.startsWith('\r\n', offset - 1) ? offset - 1 : offset;
    let from = 0;
    let to = 0;
    for (;;) {
      const line = before.indexOf('\n', from);
      if (line < 0 || line >= at) return to + at - from;
      from = line + 1;
      to = after.indexOf('\n', to) + 1;
    }
  };
}
