import { describe, expect, it } from 'vitest';
import { Draft } from './draft';

describe('a pin', () => {
  it('binds the sentence to come where one has just ended, with and without a space behind it', () => {
    const draft = new Draft('# Bread\n\nBread is old. It needs little.').pin(7);
    expect(draft.pins).toEqual([7]);
    expect(draft.type(' ').pins).toEqual([7]);
    expect(draft.type('Flour and').pins).toEqual([7]);
    expect(draft.type(' water').pins).toEqual([7]);
  });

  it('is done when its sentence has ended, and the next one holds', () => {
    const draft = new Draft('It needs little.').pin(7, 8, 9);
    expect(draft.type(' Flour is cheap.').pins).toEqual([8, 9]);
    expect(draft.type(' So is').pins).toEqual([8, 9]);
    expect(draft.type(' water. Salt').pins).toEqual([9]);
    expect(draft.type(' too. And').pins).toEqual([]);
  });

  it('binds the sentence that is being written where the cursor is within one', () => {
    const draft = new Draft('It needs little. Flour').pin(7, 8);
    expect(draft.pins).toEqual([7, 8]);
    expect(draft.type(' is cheap').pins).toEqual([7, 8]);
    expect(draft.type('.').pins).toEqual([8]);
  });

  it('binds a sentence in its middle as a whole, and not the one behind it', () => {
    const draft = new Draft('One is. Flour |is cheap. Salt too.').pin(7);
    expect(draft.pins).toEqual([7]);
    expect(draft.go('Fl').pins).toEqual([7]);
    expect(draft.go('One').pins).toEqual([]);
    expect(draft.go('Sal').pins).toEqual([]);
    expect(draft.go('Flour').type(' often').pins).toEqual([7]);
  });

  it('holds in the paragraph that is begun instead', () => {
    const draft = new Draft('It needs little.').pin(7, 8);
    expect(draft.type('\n\n').pins).toEqual([7, 8]);
    expect(draft.type('Flour is cheap. ').pins).toEqual([8]);
    expect(draft.type('Well').pins).toEqual([8]);
  });

  it('holds on a list item and the ones after it', () => {
    const draft = new Draft('What it needs:\n\n- flour.\n    - good flour.\n- ').pin(7, 8);
    expect(draft.pins).toEqual([7, 8]);
    expect(draft.type('water').pins).toEqual([7, 8]);
    expect(draft.type('\n- ').pins).toEqual([8]);
  });

  it('does not bind text that stood there already', () => {
    const draft = new Draft('One is.|\n\nTwo is here. Three is.').pin(7, 8);
    for (const place of ['T', 'Two is', 'Two is here.', 'Three']) expect(draft.go(place).pins).toEqual([]);
    draft.go('One is.').type(' It is.');
    expect(draft.pins).toEqual([8]);
    expect(draft.go('Two is').pins).toEqual([]);
  });

  it('binds what is put before text that stands there, with a space before it or behind it', () => {
    expect(new Draft('One is.| Two is.').pin(7).type(' It').pins).toEqual([7]);
    const draft = new Draft('One is. |Two is.').pin(7);
    expect(draft.go('Two').pins).toEqual([]);
    draft.cursor = 8;
    expect(draft.type('It').pins).toEqual([7]);
    expect(draft.type(' is so. ').pins).toEqual([]);
    expect(draft.go('Two').pins).toEqual([]);
  });

  it('is at the beginning of the document as well', () => {
    const draft = new Draft('').pin(7, 8);
    expect(draft.pins).toEqual([7, 8]);
    expect(draft.type('First').pins).toEqual([7, 8]);
    expect(draft.type('. ').pins).toEqual([8]);
  });

  it('counts sentences where lines end with \\r\\n', () => {
    const draft = new Draft('# Bread\r\n\r\nBread is old.\r\nIt needs little.').pin(7, 8);
    expect(draft.insert('\r\n').pins).toEqual([7, 8]);
    expect(draft.insert('Flour\r\nis cheap.').pins).toEqual([8]);
  });

  it('stays with its sentence when line ends change', () => {
    const draft = new Draft('# Bread\n\nBread is old.\n\nIt needs|\n\nMuch.').pin(7);
    const before = draft.text;
    const after = before.replaceAll('\n', '\r\n');
    draft.units.edit(0, before.length, after);
    draft.steering.replaced(before);
    expect(draft.go('It needs').pins).toEqual([7]);
    expect(draft.go('old').pins).toEqual([]);
    expect(draft.go('Much').pins).toEqual([]);
    const there = draft.steering.places;
    draft.units.edit(0, after.length, before);
    draft.steering.replaced(after);
    expect(draft.go('It needs').pins).toEqual([7]);
    expect(draft.steering.places).not.toEqual(there);
  });
});

describe('edits around a pin', () => {
  it('bring it back when its sentence is undone or erased', () => {
    const draft = new Draft('It needs little.').pin(7);
    expect(draft.insert(' Flour is cheap.').pins).toEqual([]);
    expect(draft.undo().pins).toEqual([7]);
    expect(draft.type(' Flour is.').pins).toEqual([]);
    expect(draft.backspace(' Flour is.'.length).pins).toEqual([7]);
  });

  it('leave it for the next sentence when the end of the one before is written again', () => {
    const draft = new Draft('It needs little.').pin(7);
    expect(draft.backspace().pins).toEqual([]);
    expect(draft.type('!').pins).toEqual([7]);
    expect(draft.backspace('little!'.length).type('much?').pins).toEqual([7]);
    expect(draft.type(' Why').pins).toEqual([7]);
  });

  it('leave it alone when something before it is put in, taken out or written otherwise', () => {
    const draft = new Draft('One is. Two is.').pin(7);
    const rest = (): readonly number[] => draft.steering.at(draft.text.length).pins;
    draft.change('One is.', 'One was. It still is.');
    expect(rest()).toEqual([7]);
    draft.change('Two is.', 'Why not?');
    expect(rest()).toEqual([7]);
    draft.change('Why not?', 'So it goes. And so it went.');
    expect(rest()).toEqual([7]);
    draft.change('One was. ', '');
    expect(rest()).toEqual([7]);
    draft.change(' And so it went.', '');
    expect(rest()).toEqual([7]);
  });

  it('leave it behind what is typed again, and take something else for the sentence that is steered', () => {
    const draft = new Draft('One is. Two.|').pin(7).backspace(4);
    expect(draft.pins).toEqual([7]);
    expect(draft.type('T').pins).toEqual([]);
    expect(draft.type('hen it').pins).toEqual([7]);
    const again = new Draft('One is. Two.|').pin(7).backspace(4).type('Two.');
    expect(again.type(' And').pins).toEqual([7]);
    const deleted = new Draft('One is. Two is.| Three is.').pin(7);
    deleted.replace(8, deleted.text.length, '').insert('Two is. Three was.');
    expect(deleted.go('Two').pins).toEqual([7]);
  });

  it('leave a single letter in it that stood behind it as well', () => {
    const draft = new Draft('One is.|\n\nTwo is.').pin(7);
    draft.replace(9, 10, '').replace(9, 10, '');
    expect(draft.type('w').pins).toEqual([7]);
  });

  it('bring it back where it was when what was around it is deleted and comes back', () => {
    const draft = new Draft('One is. Two is.| Three is.').pin(7);
    draft.replace(4, draft.text.length, '').undo();
    expect(draft.go('Two is.').pins).toEqual([7]);
    expect(draft.go('One is.').pins).toEqual([]);
    draft.replace(4, draft.text.length, 'n').type('ot').undo(3);
    expect(draft.go('Two is.').pins).toEqual([7]);
    expect(draft.go('Three').pins).toEqual([]);
  });

  it('bring it back where it was when many characters are erased and undone at once', () => {
    const draft = new Draft('One is. Two is.|').pin(7);
    draft.backspace(12);
    draft.replace(3, 3, ' is. Two is.');
    expect(draft.pins).toEqual([7]);
    expect(draft.go('One is.').pins).toEqual([]);
  });

  it('keep it away from a paragraph behind it that is deleted and comes back', () => {
    const draft = new Draft('One is.|\n\nTwo is.').pin(7);
    draft.change('Two is.', '').undo();
    expect(draft.go('One is.').pins).toEqual([7]);
    expect(draft.go('Two').pins).toEqual([]);
  });

  it('keep it with its sentence when the whole text is replaced by one that differs elsewhere', () => {
    const draft = new Draft('one is.\n\nTwo is.| Three is.').pin(7);
    draft.replace(0, draft.text.length, draft.text.replace('one', 'One'));
    expect(draft.go('Two is.').pins).toEqual([7]);
    expect(draft.go('Three').pins).toEqual([]);
  });
});

describe('several decisions', () => {
  it('for one sentence replace each other', () => {
    const draft = new Draft('One is.').pin(7, 8).pin(9);
    expect(draft.pins).toEqual([9]);
    expect(draft.steering.places).toHaveLength(1);
    expect(draft.pin().steering.places).toEqual([]);
  });

  it('for sentences in a row remember those of the ones before', () => {
    const draft = new Draft('One is.').pin(7, 8);
    draft.insert(' Two is.').pin(9, 10);
    expect(draft.pins).toEqual([9, 10]);
    expect(draft.undo().pins).toEqual([7, 9, 10]);
  });

  it('go on where all that was pinned is written', () => {
    const draft = new Draft('One is.').pin(7).insert(' Two is.');
    expect(draft.pin(8).pins).toEqual([8]);
    expect(draft.undo().pins).toEqual([7, 8]);
  });

  it('hold for the sentence that text behind them has become a part of', () => {
    const draft = new Draft('One is.|Two is. Three is.').pin(7).type(' It is ').pin(8);
    expect(draft.go('Two').pins).toEqual([8]);
    expect(draft.go('Three').pins).toEqual([]);
  });

  it('at the nearest place before count, whichever was made last', () => {
    const draft = new Draft('One is.').pin(1).insert(' Two is. Three is.').pin(9);
    draft.go('One is.').pin(1, 2, 3, 4);
    expect(draft.go('Two is.').pins).toEqual([2, 3, 4]);
    expect(draft.go('Three is.').pins).toEqual([9]);
  });

  it('at several places hold each at its own', () => {
    const draft = new Draft('One is.|\n\nTwo is.\n\nThree is.').pin(1);
    draft.go('Two is.').pin(2).go('Three is.').pin(3);
    for (const [words, label] of [
      ['One is.', 1],
      ['Two is.', 2],
      ['Three is.', 3],
    ] as const) {
      expect(draft.go(words).pins).toEqual([label]);
    }
    draft.steering.clear();
    expect(draft.pins).toEqual([]);
  });

  it('go over to the document that takes the place of theirs', () => {
    const draft = new Draft('One is.|\n\nTwo is.').pin(7).go('Two is.').pin(8, 9);
    const heir = new Draft('One is.\n\nTwo is.\n');
    heir.steering.inherit(draft.steering);
    expect(heir.go('One is.').pins).toEqual([7]);
    expect(heir.go('Two is.').pins).toEqual([8, 9]);
    const longer = new Draft('# A title\n\nOne is.\n\nTwo is.');
    longer.steering.inherit(draft.steering);
    expect(longer.go('One is.').pins).toEqual([7]);
    const own = new Draft('One is.').pin(3);
    own.steering.inherit(draft.steering);
    expect(own.pins).toEqual([3]);
  });

  it('forbid labels for the next sentence only', () => {
    const draft = new Draft('It needs little.').pin(7, 8).never(3);
    expect(draft.now).toEqual({ pins: [7, 8], never: [3] });
    draft.type(' Flour is cheap.');
    expect(draft.now).toEqual({ pins: [8], never: [] });
    expect(draft.never(4).now).toEqual({ pins: [8], never: [4] });
  });

  it('forbid where nothing is pinned', () => {
    const draft = new Draft('It needs little.').never(3);
    expect(draft.now).toEqual({ pins: [], never: [3] });
    expect(draft.type(' So. It').now).toEqual({ pins: [], never: [] });
  });

  it('may leave a sentence to the plan', () => {
    const draft = new Draft('One is.');
    draft.steering.set(draft.cursor, { pins: [undefined, 8], never: [] });
    expect(draft.now).toEqual({ pins: [], never: [] });
    expect(draft.steering.wishes(draft.cursor).pins).toEqual([undefined, 8]);
    expect(draft.type(' Two is.').pins).toEqual([8]);
    draft.steering.set(draft.cursor, { pins: [undefined], never: [] });
    expect(draft.steering.places).toEqual([]);
  });

  it('are told of, and clearing nothing is not', () => {
    const draft = new Draft('One is.');
    let told = 0;
    draft.steering.changed.listen(() => told++);
    draft.steering.clear();
    draft.pin(1);
    draft.steering.clear();
    expect(told).toBe(2);
  });

  it('are kept for a limited number of places', () => {
    const draft = new Draft('One is.\n\n'.repeat(30));
    for (let n = 0; n < 30; n++) {
      draft.cursor = n * 9 + 7;
      draft.pin(n);
    }
    expect(draft.steering.places.length).toBe(20);
    expect(draft.pins).toEqual([29]);
  });
});
