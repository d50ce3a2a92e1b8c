import { Splitter } from '../../text/splitter';

/**
 * A text (line breaks \n) without its YAML or TOML front matter and the blank lines behind it. The bundled model has seen none. Its title is not
 * made a heading, as in that model's data, for in the editor there is no such heading: it would teach the model to invent one.
 */
export function withoutFrontMatter(text: string): string {
  const end = frontMatterEnd(text);
  return end === 0 ? text : text.slice(end).replace(/^(?:[ \t]*\n)+/, '');
}

function frontMatterEnd(text: string): number {
  if (!/^\uFEFF?(?:---|\+\+\+)/.test(text)) return 0;
  const splitter = new Splitter(text);
  while (splitter.units.length === 0 && splitter.step());
  const first = splitter.units[0] ?? splitter.openUnit();
  return first?.kind === 'frontMatter' ? first.end : 0;
}
