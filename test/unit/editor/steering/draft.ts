import { Steering, type ActiveSteering } from '../../../../src/editor/steering/steering';
import { UnitDocument } from '../../../../src/text/units';

/** A document that is edited as a writer does, and its steering. `|` in a text is the cursor. */
export class Draft {
  readonly units: UnitDocument;
  readonly steering: Steering;
  cursor: number;
  private readonly undone: (() => void)[] = [];

  constructor(marked: string) {
    const at = marked.indexOf('|');
    const text = marked.replace('|', '');
    this.cursor = at < 0 ? text.length : at;
    this.units = new UnitDocument(text);
    this.steering = new Steering(this.units);
  }

  get text(): string {
    return this.units.text;
  }
  /** What holds at the cursor. */
  get now(): ActiveSteering {
    return this.steering.at(this.cursor);
  }
  get pins(): readonly number[] {
    return this.now.pins;
  }

  /** At the cursor. */
  pin(...pins: number[]): this {
    this.steering.set(this.cursor, { pins, never: [] });
    return this;
  }
  never(...never: number[]): this {
    this.steering.set(this.cursor, { pins: this.pins, never });
    return this;
  }

  replace(start: number, end: number, text: string): this {
    const [removed, cursor] = [this.text.slice(start, end), this.cursor];
    this.apply(start, removed, text);
    this.cursor = start + text.length;
    this.undone.push(() => {
      this.apply(start, text, removed);
      this.cursor = cursor;
    });
    return this;
  }
  /** Character by character. */
  type(text: string): this {
    for (const character of text) this.replace(this.cursor, this.cursor, character);
    return this;
  }
  insert(text: string): this {
    return this.replace(this.cursor, this.cursor, text);
  }
  backspace(times = 1): this {
    for (let n = 0; n < times; n++) this.replace(this.cursor - 1, this.cursor, '');
    return this;
  }
  /** Of a word of the text, by another. */
  change(words: string, text: string): this {
    const start = this.text.indexOf(words);
    return this.replace(start, start + words.length, text);
  }
  /** The last edits, one by one. */
  undo(edits = 1): this {
    for (let n = 0; n < edits; n++) this.undone.pop()!();
    return this;
  }
  go(words: string): this {
    this.cursor = this.text.indexOf(words) + words.length;
    return this;
  }

  private apply(start: number, removed: string, text: string): void {
    this.units.edit(start, start + removed.length, text);
    this.steering.edited({ start, removed, text });
  }
}
