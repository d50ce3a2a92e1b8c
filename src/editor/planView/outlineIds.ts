/**
 * Names of a list's members that stay theirs while the list is edited: those before and behind what changed keep their names, of those between as many as
 * there are on both sides. So a tree does not close and lose its place with every sentence.
 */
export class OutlineIds {
  private contents: readonly string[] = [];
  private names: readonly string[] = [];
  private made = 0;

  /** @param owner whose list it is: names of different owners differ, as the editor remembers by name what is open */
  constructor(private readonly owner: string) {}

  /** The name of each member of a list; its last state is remembered. */
  of(contents: readonly string[]): readonly string[] {
    const before = this.contents;
    const most = Math.min(before.length, contents.length);
    let head = 0;
    while (head < most && before[head] === contents[head]) head++;
    let tail = 0;
    while (tail < most - head && before[before.length - tail - 1] === contents[contents.length - tail - 1]) tail++;
    const kept = this.names.slice(head, before.length - tail);
    const between = contents
      .slice(head, contents.length - tail)
      .map((_, n) => kept[n] ?? `${++this.made} ${this.owner}`);
    this.names = [
      ...this.names.slice(0, head),
      ...between,
      ...(tail > 0 ? this.names.slice(before.length - tail) : []),
    ];
    this.contents = contents;
    return this.names;
  }
}
