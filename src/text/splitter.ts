import { CausalReader, Char, END } from './causalReader';
import { frontMatterClosing, frontMatterOpening } from './frontMatter';
import { htmlClosing, htmlOpening, moduleOpening } from './htmlBlocks';
import type { Unit, UnitKind } from './kinds';
import * as rules from './lineRules';
import { INITIAL_STATE, type Mode, type SplitterState } from './splitterState';
import { isTerminator, isPastedBullet, isWideStop, judgeStop, skipLinkTarget, wideBracket } from './sentenceEnd';

/** More list markers than this on one line are read as text: it bounds the work on a line of nothing but bullets. */
const MOST_MARKERS = 16;

/**
 * Reads Markdown from left to right and closes units as soon as it is known that they have ended. Each step reads a line, or the rest of
 * one behind a sentence. Whatever it decides, it decides from what its reader has seen, which makes it causal (see CausalReader).
 */
export class Splitter {
  readonly units: Unit[] = [];
  private readonly reader: CausalReader;
  private readonly state: SplitterState;

  /** Starts at `position` of `text` in `state`, with an open unit that began at `start`, knowing the text up to `seen`. */
  constructor(
    text: string,
    state: SplitterState = INITIAL_STATE,
    public position = 0,
    public start = 0,
    seen = position,
  ) {
    this.reader = new CausalReader(text);
    this.reader.seen = seen;
    this.state = { ...state };
  }

  /** Length of the prefix of the text that has been looked at. */
  get seen(): number {
    return this.reader.seen;
  }

  /** A copy of the state between two steps. */
  snapshot(): SplitterState {
    return { ...this.state };
  }

  /** Whether the state equals `other`. */
  stateEquals(other: SplitterState): boolean {
    const mine = this.state;
    return (Object.keys(mine) as (keyof SplitterState)[]).every((key) => mine[key] === other[key]);
  }

  /** Reads on; false when the text does not tell how it goes on. */
  step(): boolean {
    if (this.reader.starved || this.position >= this.reader.text.length) return false;
    if (this.state.inLine) this.sentence();
    else if (this.state.mode === 'flow') this.line();
    else this.opaqueLine();
    return !this.reader.starved;
  }

  /** The unit that is open when there is no more text, if any. */
  openUnit(): Unit | undefined {
    const end = this.reader.text.length;
    return this.start < end ? { start: this.start, end, kind: this.state.kind, closedAt: Infinity } : undefined;
  }

  /** Ends the open unit at `end`, unless the decision needed text that is not there. */
  private close(end: number): void {
    if (this.reader.starved) return;
    if (end > this.start) {
      this.units.push({ start: this.start, end, kind: this.state.kind, closedAt: Math.max(end, this.reader.seen) });
    }
    this.start = end;
    this.state.kind = 'sentence';
    this.state.content = false;
    this.state.formula = false;
    this.state.ticks = 0;
    this.state.brackets = 0;
    this.state.parens = 0;
  }

  /** Begins a unit of `kind` at `start`; what was open ends there. */
  private begin(start: number, kind: UnitKind): void {
    if (this.state.content) this.close(start);
    if (this.state.content) return;
    this.state.kind = kind;
    this.state.content = true;
    this.state.block = 'sentence';
  }

  private closeLine(end: number): void {
    this.close(end);
    this.position = end;
  }

  /** A line of a block that is not split. */
  private opaqueLine(): void {
    const { reader, state, position } = this;
    switch (state.mode) {
      case 'fence': {
        // A fence that was opened in a quote also ends with the quote.
        const closed = rules.fenceClosing(reader, position, state);
        const left = state.fenceQuoted && reader.at(reader.skipBlanks(position)) !== Char.greater;
        if (left && !closed) this.leave(position);
        else this.passLine(closed);
        break;
      }
      case 'math':
        this.passLine(rules.mathClosing(reader, position));
        break;
      case 'html':
        if (state.htmlEnd === 'blank') this.passLine((state.blank = rules.blankLine(reader, position) >= 0));
        else this.passLine(htmlClosing(reader, position, state.htmlEnd));
        break;
      case 'frontMatter':
        this.passLine(frontMatterClosing(reader, position, state.fenceMark));
        break;
      case 'indented':
        if (rules.blankLine(reader, position) >= 0 || rules.indentation(reader, position) >= 4) this.passLine(false);
        else this.leave(position);
        break;
      case 'flow':
        break;
    }
  }

  /** Goes on to the next line; `last` when the block ends with this one. */
  private passLine(last: boolean): void {
    const end = this.reader.nextLine(this.position);
    if (last) {
      this.state.mode = 'flow';
      this.close(end);
    }
    this.position = end;
  }

  /** Ends the block before the line at `position`, which is then read as running text. */
  private leave(position: number): void {
    this.close(position);
    this.state.mode = 'flow';
    this.state.blank = true;
  }

  /** The beginning of a line of running text: its containers, then the block it begins or goes on with. */
  private line(): void {
    const { reader, state } = this;
    const start = this.position;
    const behindBlank = rules.blankLine(reader, start);
    if (behindBlank >= 0) {
      this.blankLine(behindBlank, false);
      return;
    }
    if (start === 0) {
      const fenceMark = frontMatterOpening(reader);
      if (fenceMark !== undefined) {
        this.begin(0, 'frontMatter');
        this.openBlock('frontMatter', 0, { fenceMark });
        return;
      }
    }
    if (state.blank && !state.content) {
      if (state.indented === 'code' && rules.indentation(reader, start) >= 4) {
        this.begin(start, 'code');
        this.openBlock('indented', start, {});
        return;
      }
      if (moduleOpening(reader, start)) {
        this.begin(start, 'html');
        this.openBlock('html', start, { htmlEnd: 'blank' });
        return;
      }
    }
    this.block(start);
  }

  private blankLine(end: number, quoted: boolean): void {
    if (this.state.content) this.close(end);
    this.state.blank = true;
    this.state.inQuote = quoted;
    this.state.formula = false;
    this.position = end;
  }

  /** Reads the quote and list markers of the line at `start`, which end the open unit, and then what the line begins. */
  private block(start: number): void {
    const { reader, state } = this;
    let text = start;
    let inner = start;
    let quoted = false;
    let listed = false;
    let opened = false;
    for (let markers = 0; ;) {
      const at = reader.skipBlanks(text);
      if (reader.at(at) === Char.greater) {
        if (!state.inQuote || listed) {
          if (!opened && state.content) this.close(start);
          opened = true;
        }
        quoted = true;
        text = inner = at + 1;
        continue;
      }
      const bullet = rules.bulletMarker(reader, at);
      const behind = bullet >= 0 ? bullet : rules.numberMarker(reader, at, state.content && state.block !== 'listItem');
      if (behind < 0 || markers++ === MOST_MARKERS) {
        text = at;
        break;
      }
      // A bullet and "- - -" both end the open unit, so it is closed before it is known which of them this is.
      if (state.content) this.close(start);
      if (bullet >= 0 && rules.thematicBreak(reader, at)) {
        text = at;
        break;
      }
      listed = opened = true;
      state.indented = 'listItem';
      text = behind;
    }
    if (quoted && !listed && reader.endsLine(text)) {
      this.blankLine(reader.nextLine(text), true);
      return;
    }
    const indent = rules.columns(reader, inner, text);
    if (state.blank && !listed) {
      // Behind a blank line, an indented paragraph goes on with its list item, footnote or admonition, any other ends these.
      if (indent < (quoted ? 3 : 2)) state.indented = 'code';
      else if (!opened) listed = state.indented === 'listItem';
    }
    const note = !listed && (rules.footnoteDefinition(reader, text) || rules.admonition(reader, text));
    if (note) {
      if (state.content) this.close(start);
      state.indented = 'sentence';
    }
    if (note || opened) state.formula = false;
    const block = listed ? 'listItem' : quoted ? 'quote' : state.blank || note ? 'sentence' : state.block;
    state.inQuote = quoted;
    state.blank = false;
    if (this.beginsBlock(start, text, indent)) return;
    state.block = block;
    this.paragraphLine(text);
  }

  /** Reads the line at `start` (its text begins at `text`, in column `indent`) if it begins, ends or continues something other than a paragraph. */
  private beginsBlock(start: number, text: number, indent: number): boolean {
    const { reader, state } = this;
    const c = reader.at(text);
    if (c === Char.backtick || c === Char.tilde) {
      const length = rules.fenceOpening(reader, text);
      if (length > 0) {
        this.begin(start, 'code');
        const fence = { fenceMark: c, fenceLength: length, fenceIndent: indent, fenceQuoted: state.inQuote };
        return this.openBlock('fence', text, fence);
      }
    } else if (c === Char.hash) {
      const level = rules.atxHeading(reader, text);
      if (level > 0) return this.wholeLine(start, text, `heading${level}` as UnitKind);
    } else if (c === Char.dollar && !state.formula) {
      const math = rules.mathOpening(reader, text);
      if (math === 'line') return this.wholeLine(start, text, 'math');
      if (math === 'block') {
        this.begin(start, 'math');
        return this.openBlock('math', text, {});
      }
    } else if (c === Char.hyphen || c === Char.asterisk || c === Char.underscore || c === Char.equals) {
      const level = state.content && state.kind === 'sentence' ? rules.setextUnderline(reader, text) : 0;
      if (level > 0) return this.underline(text, level === 1 ? 'heading1' : 'heading2');
      if (rules.thematicBreak(reader, text)) return this.wholeLine(start, text, 'rule');
    } else if (c === Char.pipe) {
      if (state.kind !== 'table') this.begin(start, 'table');
      this.position = reader.nextLine(text);
      return true;
    } else if ((c === Char.less || c === Char.braceOpen) && !state.content) {
      const htmlEnd = htmlOpening(reader, text);
      if (htmlEnd !== undefined) {
        if (htmlEnd !== 'blank' && htmlClosing(reader, text, htmlEnd)) return this.wholeLine(start, text, 'html');
        this.begin(start, 'html');
        return this.openBlock('html', text, { htmlEnd });
      }
    }
    if (!state.content) return false;
    if (rules.delimiterRow(reader, text) && !reader.starved) state.kind = 'table';
    if (state.kind !== 'table') return false;
    this.position = reader.nextLine(text);
    return true;
  }

  /** Enters a block of several lines behind the line that holds `text`. */
  private openBlock(mode: Mode, text: number, details: Partial<SplitterState>): true {
    Object.assign(this.state, details);
    this.state.mode = mode;
    this.position = this.reader.nextLine(text);
    return true;
  }

  /** A unit of its own that ends with its line. It ends what was open as soon as it is known to begin, before the line is read. */
  private wholeLine(start: number, text: number, kind: UnitKind): true {
    this.begin(start, kind);
    this.closeLine(this.reader.nextLine(text));
    return true;
  }

  /** The underline of a setext heading makes a heading of the open sentence. */
  private underline(text: number, kind: UnitKind): true {
    const end = this.reader.nextLine(text);
    if (!this.reader.starved) this.state.kind = kind;
    this.closeLine(end);
    this.state.block = 'sentence';
    return true;
  }

  /** A line of a paragraph whose text begins at `text`. */
  private paragraphLine(text: number): void {
    const { reader, state } = this;
    if (!state.content) state.kind = state.block;
    if (state.kind === 'image' || (!state.content && state.kind === 'sentence')) {
      if (rules.imageLine(reader, text)) {
        state.kind = 'image';
        state.content = true;
        this.position = reader.nextLine(text);
        return;
      }
      state.kind = state.block;
    }
    state.inLine = true;
    this.position = text;
    this.sentence();
  }

  /** Reads on in a line of running text until a sentence or the line ends. */
  private sentence(): void {
    const { reader, state } = this;
    for (let at = this.position; ;) {
      const c = reader.at(at);
      if (c === END) {
        this.position = at;
        return;
      }
      if (c === Char.lineFeed) {
        state.inLine = false;
        this.position = at + 1;
        return;
      }
      const first = !state.content;
      if (!first && isPastedBullet(c) && state.ticks === 0 && rules.isSpace(reader.at(at - 1))) {
        this.endSentence(at, false);
        return;
      }
      if (first && !rules.isSpace(c)) state.content = true;
      if (c === Char.backtick) {
        const behind = reader.skipRun(at, c);
        if (state.ticks === 0) state.ticks = behind - at;
        else if (state.ticks === behind - at) state.ticks = 0;
        at = behind;
      } else if (state.ticks > 0) {
        at++;
      } else if (c === Char.dollar && reader.at(at + 1) === Char.dollar) {
        state.formula = !state.formula && rules.mathCanOpen(reader, at);
        at += 2;
      } else if (c === Char.backslash && (reader.at(at + 1) === Char.backtick || reader.at(at + 1) === Char.dollar)) {
        at += 2;
      } else if (c === Char.bracketClose) {
        at = skipLinkTarget(reader, at);
      } else if (c === Char.parenOpen) {
        // A sentence that begins with its bracket is no aside.
        if (!first) state.parens++;
        at++;
      } else if (c === Char.parenClose) {
        state.parens = Math.max(0, state.parens - 1);
        at++;
      } else if (isTerminator(c)) {
        const stop = judgeStop(reader, at, this.start, state.parens);
        if (stop.ends) {
          this.endSentence(stop.next, stop.line);
          return;
        }
        at = stop.next;
      } else if (isWideStop(c)) {
        at++;
        // Behind a stop that has closed its sentence, a second one ("！！") is left to the next.
        if (!first && state.brackets === 0) {
          this.endSentence(at, false);
          return;
        }
      } else {
        if (c > 0x2000) state.brackets = Math.max(0, state.brackets + wideBracket(c));
        at++;
      }
    }
  }

  private endSentence(end: number, line: boolean): void {
    const { formula } = this.state;
    this.closeLine(end);
    if (this.reader.starved) return;
    // A stop in a formula does not close it.
    this.state.formula = formula;
    this.state.kind = this.state.block;
    this.state.inLine = !line;
  }
}
