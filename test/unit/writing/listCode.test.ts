import { expect, it } from 'vitest';
import { endsInListCode } from '../../../src/writing/listCode';

it.each([
  '1. Run this:\n\n        npm ci',
  '1. Run this:\n\n        npm ci\n        npm st',
  '- Run this:\n\n      npm',
  '- a\n  - Run this:\n\n        npm',
  '1.\tRun this:\n\n\t\tnpm',
  '1. Run this:\n2. And this:\n\n   So:\n\n        ',
])('what is indented by four columns more than its item is code: %j', (text) => {
  expect(endsInListCode(text)).toBe(true);
});

it.each([
  '1. Run this:\n\n    and that',
  '1. Run this:\n        and that',
  '- a\n  - b\n\n    - c\n\n      of c',
  '- a\n\n    - b\n\n        of b',
  '- a\n\n        - b',
  'Text.\n\n        code of no list',
  '1. Run this:\n\nText.\n\n        code of no list',
  '- a',
  '',
])('and other lines are not: %j', (text) => {
  expect(endsInListCode(text)).toBe(false);
});
