import { describe, expect, it } from 'vitest';
import { splitUnits } from '../../../src/text/units';
import { processorTime } from '../support/processorTime';

/** The units of a text: their kinds, and their text without white space around it. */
const shown = (text: string) => splitUnits(text).map(({ kind, start, end }) => [kind, text.slice(start, end).trim()]);
const kinds = (text: string) => splitUnits(text).map(({ kind }) => kind);

describe('a displayed formula', () => {
  it.each(['$$', '$$.', '$$,', '$$ (1)', '$$ (energy)', '$$ {#eq-energy}', 'x $$ {#eq-energy .unnumbered}', '$$  '])(
    'is closed by %j, and on one line',
    (end) => {
      const block = `$$\nE = mc^2\n${end}`;
      expect(shown(`One.\n\n${block}\n\nTwo. Three.\n\n# Four\n`)).toEqual([
        ['sentence', 'One.'],
        ['math', block.trim()],
        ['sentence', 'Two.'],
        ['sentence', 'Three.'],
        ['heading1', '# Four'],
      ]);
      expect(shown(`$$ x ${end}\nText. More.\n`)).toEqual([
        ['math', `$$ x ${end}`.trim()],
        ['sentence', 'Text.'],
        ['sentence', 'More.'],
      ]);
    },
  );

  it('is not closed by dollars with anything else behind them', () => {
    expect(kinds('$$\na $$ b\n$$ (1) c\n$$\n\nText.\n')).toEqual(['math', 'sentence']);
  });

  it('is part of the sentence in which it begins', () => {
    expect(shown('The energy is $$\nE = mc^2\n$$\nwhich is known. Next.\n\n# T\n')).toEqual([
      ['sentence', 'The energy is $$\nE = mc^2\n$$\nwhich is known.'],
      ['sentence', 'Next.'],
      ['heading1', '# T'],
    ]);
    // A stop in it closes the sentence, but not the formula.
    expect(kinds('The energy is $$\nE = mc^2.\n$$\nIt is known.\n\n# T\n')).toEqual([
      'sentence',
      'sentence',
      'heading1',
    ]);
  });

  it.each([
    'It costs $$ a lot.\n\n',
    '- It costs $$.\n- Or not\n  ',
    'It costs `$$` or \\$$ and\n',
    'It costs $$.\n[^1]: No\n',
  ])('can begin behind dollars of another paragraph, in code or with a backslash: %j', (before) => {
    expect(kinds(`${before}$$\nx\n$$\n\nText.\n`).slice(-2)).toEqual(['math', 'sentence']);
  });

  it('is not all of a line on which text is between two', () => {
    expect(kinds('$$x$$ is one and $$y$$.\n')).toEqual(['sentence']);
  });
});

it.each(['Use $$ for the PID.', 'It costs US$$.'])(
  'dollars that cannot open a formula leave the next one alone: %s',
  (prose) => {
    expect(kinds(`${prose}\n$$\nx\n$$\n\nText.\n`)).toEqual(['sentence', 'math', 'sentence']);
  },
);

it.each([
  '<Leader>w saves the file. It is short.',
  '<C-w>v splits it.',
  '<Esc>, then type.',
  '<Enter>: accept it.',
  '<Tab>/<Enter> accept it.',
  '<Foo>, <Bar> and <Baz> are components.',
  "<Name>'s house is near.",
  '<Your Name>, hello.',
  '<EM>Never</EM> do this.',
  'export default is a keyword. It is.',
  'export type matters.',
  'export function names are short.',
  'import data from "the file".',
])('prose that begins with what looks like code stays prose: %s', (prose) => {
  expect(new Set(kinds(`${prose}\n\nText.\n`))).toEqual(new Set(['sentence']));
});

describe('front matter', () => {
  it.each([
    '---\ntitle: x\n---',
    '---\ndate created: 2024-01-01\ntags: [a]\n---',
    '---\ndate created: 2024-01-01\n---',
    '---\n"title": x\n---',
    "---\n'the title': x\nb: y\n---",
    '---\ntítulo: x\n---',
    '---\n标题: x\n---',
    '\ufeff---\ntitle: x\n---',
    '---\n# comment\ntitle: x\n---',
    '+++\ntitle = "x"\n\n---\n[params]\na = 1\n+++',
    '+++\n[params]\na = 1\n+++',
    '+++\n[[menu.main]]\nname = "x"\n+++',
    '+++\n+++',
  ])('%j', (block) => {
    expect(shown(`${block}\n\nText. More.\n`)).toEqual([
      ['frontMatter', block.trim()],
      ['sentence', 'Text.'],
      ['sentence', 'More.'],
    ]);
  });

  it.each([
    ['---\n\nNote: it is short.\n\nText.\n', ['rule', 'sentence', 'sentence']],
    ['---\nIn this text: how it is done,\nand why. Then more.\n', ['rule', 'sentence', 'sentence']],
    ['---\nIn this text we show:\n- this\n- that\n', ['rule', 'sentence', 'listItem', 'listItem']],
    ['---\n\n# Title\n\nText.\n', ['rule', 'heading1', 'sentence']],
    ['---\n\n---\n\nText.\n', ['rule', 'rule', 'sentence']],
    ['---\n\nAnna: How are you?\nBen: I am well.\n\nText.\n', ['rule', 'sentence', 'sentence', 'sentence']],
    ['+++\n# Title\n\nText.\n', ['sentence', 'heading1', 'sentence']],
    ['+++\n[Link](a.md) is here. More.\n', ['sentence', 'sentence']],
    ['+++\n\nE = mc2 is known.\n', ['sentence', 'sentence']],
    ['---\nFirst. Second.\n', ['rule', 'sentence', 'sentence']],
    ['+++\nText. More.\n', ['sentence', 'sentence']],
    ['Text.\n\n---\ntitle: x\n---\n', ['sentence', 'rule', 'heading2']],
  ])('is not what begins with a rule: %j', (text, wanted) => {
    expect(kinds(text)).toEqual(wanted);
  });

  it('is told from prose behind a rule before that has gone far', () => {
    const [rule, first] = splitUnits('---\n\nThis document is about the garden. It is small, and no line ends here');
    expect([rule!.kind, first!.kind]).toEqual(['rule', 'sentence']);
    expect(first!.closedAt).toBeLessThan(50);
  });
});

describe('an admonition or tab of MkDocs', () => {
  it.each(['!!! note', '!!! note "A title"', '??? tip', '???+ tip', '=== "Linux"'])(
    'has its text indented: %s',
    (line) => {
      expect(shown(`Text:\n${line}\n\n    Its text. More.\n\n    Again.\n\nText.\n\n    code\n`)).toEqual([
        ['sentence', 'Text:'],
        ['sentence', line],
        ['sentence', 'Its text.'],
        ['sentence', 'More.'],
        ['sentence', 'Again.'],
        ['sentence', 'Text.'],
        ['code', 'code'],
      ]);
    },
  );

  it.each(['!! note', '!!!', '!!!! note', '???', '=== a', 'So !!! note'])('is not begun by %s', (line) => {
    expect(shown(`${line}\n\n    code\n`).at(-1)).toEqual(['code', 'code']);
  });
});

describe('a footnote', () => {
  it('can have several paragraphs, as a list item can', () => {
    expect(
      shown('Text.[^1]\n\n[^1]: The note is here.\n\n    Its second paragraph. More.\n\nText.\n\n    code\n'),
    ).toEqual([
      ['sentence', 'Text.[^1]'],
      ['sentence', '[^1]: The note is here.'],
      ['sentence', 'Its second paragraph.'],
      ['sentence', 'More.'],
      ['sentence', 'Text.'],
      ['code', 'code'],
    ]);
  });

  it('begins on a line of its own', () => {
    expect(shown('[^1]: One book\n[^two]: Another book\n- an item\n[^3]: A third\n').map(([, text]) => text)).toEqual([
      '[^1]: One book',
      '[^two]: Another book',
      '- an item',
      '[^3]: A third',
    ]);
    expect(kinds('- an item\n[^3]: A third\n')).toEqual(['listItem', 'sentence']);
    expect(kinds('It is said\n[^1] and [^2]: so.\n')).toEqual(['sentence']);
  });
});

describe('a code fence', () => {
  const text = 'Prose follows. Here.\n';

  it.each([
    ['indented by 4 more than it was', '```python\n"""\n    ```\n    x = 1. y = 2\n    ```\n"""\n```'],
    ['by a tab', '```python\n\t```\n```'],
    ['in a quote that it is not in', '```text\n> ```\n```'],
    ['that is shorter', '````\n```\n````'],
  ])('is not closed by one %s', (_, block) => {
    expect(shown(`${block}\n\n${text}`)).toEqual([
      ['code', block],
      ['sentence', 'Prose follows.'],
      ['sentence', 'Here.'],
    ]);
  });

  it.each([
    '   ```\nx. y\n  ```',
    '```\nx. y\n   ```',
    '- ```\n  x. y\n  ```',
    '1. Do this:\n\n   ```sh\n   x. y\n   ```',
    '-   item\n\n    ```\n    x. y\n    ```',
    '-\titem\n\n\t```\n\tx. y\n\t```',
    '1. one\n   - two\n\n     ```\n     x. y\n```',
    '> ```\n> x. y\n> ```',
    '> > ```\n> > x. y\n> > ```',
    '> - ```\n>   x. y\n>   ```',
  ])('is closed in %j', (block) => {
    const units = shown(`${block}\n\n${text}`);
    expect(units.slice(-2)).toEqual([
      ['sentence', 'Prose follows.'],
      ['sentence', 'Here.'],
    ]);
    expect(units.at(-3)![0]).toBe('code');
  });
});

describe('MDX', () => {
  it.each([
    "import Tabs from '@theme/Tabs';",
    'import React, { useState } from "react";',
    "import {\n  a,\n  b,\n} from './c';",
    "import * as all from './all';",
    "import './style.css';",
    "import type { Props } from './props';",
    'export const meta = {\n  title: "A. B",\n};',
    'export default function Page() {',
    "export * from './all';",
    'export { a };',
    '<Tabs>\n<TabItem value="a">',
    '<TabItem\n  value="a"\n>',
    '</Tabs.Item>\n</Tabs>',
    '<Card onClick={() => go("a. b")} />',
    '<Note>Mind the gap. It is wide.</Note>',
    '<Script src="a.js" />',
    '{/* a comment. Of two sentences. */}',
    '{/* a comment.\n\nOf two paragraphs.\n*/}',
  ])('has blocks that are no prose: %j', (block) => {
    expect(shown(`# Title\n\n${block}\n\nText. More.\n`)).toEqual([
      ['heading1', '# Title'],
      ['html', block],
      ['sentence', 'Text.'],
      ['sentence', 'More.'],
    ]);
  });

  it.each([
    'Import the data from "a" and go on.',
    "Export the file as 'x' now.",
    'export the file as "x", then close it.',
    "import the file from 'x', then close it.",
    'import data, code and text.',
    'exporters and importers met.',
    '<Button> renders a button.',
    '<Badge text="new" /> This is new.',
    '{braces} are no comment.',
    'We import\nimport it again.',
  ])('does not make prose a block: %j', (sentence) => {
    expect(shown(`# Title\n\n${sentence} More.\n`).slice(1)).toEqual([
      ['sentence', sentence],
      ['sentence', 'More.'],
    ]);
  });
});

describe('a paragraph that begins with a tag', () => {
  it.each([
    '<img src="logo.png" width="20"> Planwright is a tool.',
    '<br> Then it goes on.',
    '<img alt="a > b"/> Text.',
  ])('is prose if text follows on its line: %j', (sentence) => {
    expect(shown(`${sentence} It helps.\n`)).toEqual([
      ['sentence', sentence],
      ['sentence', 'It helps.'],
    ]);
  });

  it.each([
    '<img src="logo.png">',
    '<img\n  src="a. b"\n>',
    '<br>\n<br/>',
    '<video src="a"></video>',
    '<img src="a"> <img src="b">  ',
  ])('is a block if none does: %j', (block) => {
    expect(shown(`${block}\n\nText.\n`)).toEqual([
      ['html', block.trim()],
      ['sentence', 'Text.'],
    ]);
  });
});

describe('long lines are read in linear time', () => {
  it.each([
    ['dollars', '$'],
    ['formulas', '$$ {'],
    ['numbered formulas', '$$ ('],
    ['tags', '<br>'],
    ['components', '<A b={'],
    ['footnotes', '[^1]: '],
    ['admonitions', '!!! '],
    ['quotes', '> '],
    ['words behind import', 'import a '],
    ['keys', '"key '],
  ])('of %s', (_, piece) => {
    const line = piece.repeat(Math.ceil(50_000 / piece.length));
    const taken = processorTime(() => {
      for (const before of ['', '$$\n', '---\n', '+++\n', '> ```\n', '<', "import {'", 'export '])
        splitUnits(`${before}${line}\n${line}`);
    });
    // 16 lines: some 200 ms on a slow machine; what is quadratic takes many seconds.
    expect(taken).toBeLessThan(3000);
  });
});
