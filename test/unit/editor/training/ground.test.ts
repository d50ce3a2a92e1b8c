import { describe, expect, it } from 'vitest';
import { groundOf, type Workspace } from '../../../../src/editor/training/ground';
import { english } from '../support/localiser';

const HERE: Workspace = {
  trusted: true,
  on: true,
  folders: [
    { scheme: 'file', path: '/notes' },
    { scheme: 'vscode-vfs', path: '/remote' },
  ],
  hasStore: true,
};
const ground = (change: Partial<Workspace> = {}) => groundOf({ ...HERE, ...change }, english);

describe('groundOf', () => {
  it('takes the folders that lie on this machine', () => {
    expect(ground()).toEqual({ kind: 'folders', folders: ['/notes'] });
  });

  it('refuses with a reason of its own, and a remedy where there is one', () => {
    const refused = [
      ground({ trusted: false }),
      ground({ on: false }),
      ground({ folders: [] }),
      ground({ folders: [{ scheme: 'vscode-vfs', path: '/remote' }] }),
    ];
    const refusals = refused.map((each) => (each.kind === 'refused' ? each.refusal : undefined));
    expect(new Set(refusals.map((refusal) => refusal?.message)).size).toBe(4);
    expect(refusals.map((refusal) => refusal?.remedy?.command)).toEqual([
      'workbench.trust.manage',
      'planwright.toggle',
      'vscode.openFolder',
      undefined,
    ]);
  });

  it('names trust first, and has nothing to say without a place to keep a model', () => {
    expect(ground({ trusted: false, on: false, folders: [] })).toEqual(ground({ trusted: false }));
    expect(ground({ hasStore: false })).toEqual(ground({ folders: [] }));
  });
});
