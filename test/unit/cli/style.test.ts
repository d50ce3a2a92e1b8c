import { describe, expect, it } from 'vitest';
import { Progress } from '../../../src/cli/progress';
import { oneLine, percent, styleFor, table } from '../../../src/cli/style';
import { FakeTerminal } from '../support/fakeTerminal';

describe('figures and lines', () => {
  it('percent never calls something nothing', () => {
    expect([0, 0.001, 0.0099, 0.014, 0.5, 1].map(percent)).toEqual(['0 %', '<1 %', '<1 %', '1 %', '50 %', '100 %']);
  });

  it('oneLine cuts between characters', () => {
    expect(oneLine('  a\n b  ', 10)).toBe('a b');
    expect(oneLine('😀😀😀😀', 3)).toBe('😀😀…');
  });

  it('table aligns columns', () => {
    expect(
      table([
        ['row', 'n'],
        ['a', '100'],
      ]),
    ).toBe('row    n\na    100\n');
  });

  it('colours need a terminal and no NO_COLOR', () => {
    const bold = (tty: boolean, env = {}) => styleFor(new FakeTerminal({ tty, env })).bold('x');
    expect(bold(true)).toBe('\x1b[1mx\x1b[22m');
    expect([bold(false), bold(true, { NO_COLOR: '1' }), bold(true, { TERM: 'dumb' })]).toEqual(['x', 'x', 'x']);
    expect(bold(true, { NO_COLOR: '' })).toBe('\x1b[1mx\x1b[22m');
  });
});

describe('progress', () => {
  const show = async (tty: boolean, verbose: boolean): Promise<string> => {
    const terminal = new FakeTerminal({ tty });
    const progress = new Progress(terminal, verbose);
    progress.report('Planning', 1, 10);
    await new Promise((resolve) => setTimeout(resolve, 520));
    progress.report('Planning', 5, 10);
    progress.report('Planning', 6, 10);
    progress.clear();
    return terminal.errors;
  };

  it('is a line redrawn on a terminal, a line of its own with --verbose, else nothing; nothing at all for short work', async () => {
    const [tty, verbose, silent] = await Promise.all([show(true, false), show(false, true), show(false, false)]);
    expect(tty).toBe('\r\x1b[KPlanning: 50 %\r\x1b[K');
    expect(verbose).toBe('Planning: 50 %\n');
    expect(silent).toBe('');
  });
});
