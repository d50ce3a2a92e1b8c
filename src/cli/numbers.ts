import { InvalidArgumentError } from 'commander';

/** Parsers of option values. Commander turns their errors into wrong use. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < least || number > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
      throw new InvalidArgumentError(`Give a whole number, ${range}.`);
    }
    return number;
  };
}

export function decimal(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() === '' || !(number >= least && number <= most)) {
      throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
    }
    return number;
  };
}
