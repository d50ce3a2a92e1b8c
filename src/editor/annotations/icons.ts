/** Keeps `$(name)` in a label's name or in a document's text from becoming an icon: an invisible joiner takes it apart. */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$\u2060(');
}
