import type { Dim, Shape } from './types';

/*
 * Arithmetic on sizes that may be symbolic. Products and sums of names are kept as text in one canonical order
 * (`2*T`, `P+T`, `(P+T)*4`), so that equal expressions are equal strings.
 */

/** Splits at `sign` outside parentheses. */
function split(text: string, sign: '*' | '+'): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === sign && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

interface Product {
  readonly factor: number;
  readonly names: readonly string[];
}

function productOf(dims: Shape): Product {
  let factor = 1;
  const names: string[] = [];
  for (const dim of dims) {
    if (typeof dim === 'number') {
      factor *= dim;
      continue;
    }
    const terms = split(dim, '+').length > 1 ? [`(${dim})`] : split(dim, '*');
    for (const term of terms) {
      if (/^\d+$/.test(term)) factor *= Number(term);
      else names.push(term);
    }
  }
  return { factor, names: names.sort() };
}

function written({ factor, names }: Product): Dim {
  if (factor === 0 || names.length === 0) return factor;
  const text = [...(factor === 1 ? [] : [String(factor)]), ...names].join('*');
  return names.length === 1 && factor === 1 && text.startsWith('(') ? text.slice(1, -1) : text;
}

/** Product of sizes; 1 for none. */
export function multiply(dims: Shape): Dim {
  return written(productOf(dims));
}

/** `all / part` where it is a whole number or an expression; undefined where that cannot be told. */
export function divide(all: Shape, part: Shape): Dim | undefined {
  const numerator = productOf(all);
  const denominator = productOf(part);
  if (denominator.factor === 0 || numerator.factor % denominator.factor !== 0) return undefined;
  const names = [...numerator.names];
  for (const name of denominator.names) {
    const at = names.indexOf(name);
    if (at < 0) return undefined;
    names.splice(at, 1);
  }
  return written({ factor: numerator.factor / denominator.factor, names });
}

/** Sum of sizes. */
export function sum(dims: Shape): Dim {
  let constant = 0;
  const terms = new Map<string, Product>();
  for (const dim of dims) {
    for (const term of split(String(dim), '+')) {
      const { factor, names } = productOf([term]);
      const key = names.join('*');
      if (names.length === 0) constant += factor;
      else terms.set(key, { factor: factor + (terms.get(key)?.factor ?? 0), names });
    }
  }
  if (terms.size === 0) return constant;
  const texts = [...terms.values()].map(written).map(String).sort();
  return [...texts, ...(constant === 0 ? [] : [String(constant)])].join('+');
}

/** The size two aligned axes broadcast to; undefined where they cannot, or might not: a name is no other size. */
function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a;
  return a === 1 ? b : undefined;
}

/** NumPy's broadcasting of two shapes; undefined where they do not fit. */
export function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const dim = broadcastDim(a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1);
    if (dim === undefined) return undefined;
    result.push(dim);
  }
  return result;
}

/** What a size comes to where its names are known; undefined where one is not. */
export function evaluate(dim: Dim, bound: ReadonlyMap<string, number>): number | undefined {
  if (typeof dim === 'number') return dim;
  const terms = split(dim, '+');
  const parts = terms.length > 1 ? terms : split(dim, '*');
  if (parts.length === 1) {
    if (dim.startsWith('(')) return evaluate(dim.slice(1, -1), bound);
    return /^\d+$/.test(dim) ? Number(dim) : bound.get(dim);
  }
  const sizes = parts.map((part) => evaluate(part, bound));
  return sizes.reduce((a, b) => (a === undefined || b === undefined ? undefined : terms.length > 1 ? a + b : a * b));
}

/** Whether a symbolic shape can stand for this concrete one. Names bind, to the same size everywhere. */
export function matches(shape: Shape, dims: readonly number[], bound = new Map<string, number>()): boolean {
  if (shape.length !== dims.length) return false;
  return shape.every((dim, axis) => {
    const size = dims[axis]!;
    const known = evaluate(dim, bound);
    if (known !== undefined) return known === size;
    // An expression with an unknown name fits anything.
    if (typeof dim === 'string' && !/[*+()]/.test(dim)) bound.set(dim, size);
    return true;
  });
}
