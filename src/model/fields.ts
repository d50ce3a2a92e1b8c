import { ModelError } from './errors';

/** Reads the fields of one JSON object; every complaint names the file and the field's full path. */
export class Fields {
  private constructor(
    readonly values: Readonly<Record<string, unknown>>,
    readonly file: string,
    private readonly path: string,
  ) {}

  /** @throws {ModelError} where the value is not an object */
  static of(value: unknown, file: string, path = ''): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ModelError('config', file, 'must be an object', path === '' ? undefined : path);
    }
    return new Fields(value as Record<string, unknown>, file, path);
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  raw(name: string): unknown {
    return this.values[name];
  }

  object(name: string): Fields {
    return Fields.of(this.values[name], this.file, this.at(name));
  }

  /** A whole number within [least, most]. */
  integer(name: string, least: number, most: number, absent?: number): number {
    const value = this.has(name) ? this.values[name] : absent;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw this.error(name, `must be a whole number from ${least} to ${most}, is ${show(value)}`);
    }
    return value;
  }

  /** A finite number within [least, most]. */
  number(name: string, least: number, most: number, absent?: number): number {
    const value = this.has(name) ? this.values[name] : absent;
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      throw this.error(name, `must be a number from ${least} to ${most}, is ${show(value)}`);
    }
    return value;
  }

  boolean(name: string, absent?: boolean): boolean {
    const value = this.has(name) ? this.values[name] : absent;
    if (typeof value !== 'boolean') throw this.error(name, `must be true or false, is ${show(value)}`);
    return value;
  }

  string(name: string, absent?: string): string {
    const value = this.has(name) ? this.values[name] : absent;
    if (typeof value !== 'string') throw this.error(name, `must be a text, is ${show(value)}`);
    return value;
  }

  choice<const T extends string>(name: string, choices: readonly T[], absent?: T): T {
    const value = this.has(name) ? this.values[name] : absent;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.error(name, `must be one of ${choices.join(', ')}, is ${show(value)}`);
    return found;
  }

  error(name: string, detail: string): ModelError {
    return new ModelError('config', this.file, detail, this.at(name));
  }

  private at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

/** A short picture of a wrong value for a message. */
function show(value: unknown): string {
  if (value === undefined) return 'missing';
  // Not written out: what is nested deeply overflows the stack.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
