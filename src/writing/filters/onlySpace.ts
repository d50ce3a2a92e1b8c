import type { Filter } from './filter';

/** Drops a completion that has no letter and no digit: it saves no typing. */
export const dropBlank: Filter = (text) => (/[\p{L}\p{N}]/u.test(text) ? { text } : { drop: 'only-whitespace' });
