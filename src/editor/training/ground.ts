import type { Localiser } from '../localiser';

/** What is known of the workspace before anything is read. */
export interface Workspace {
  readonly trusted: boolean;
  /** Whether Planwright is on. */
  readonly on: boolean;
  readonly folders: readonly { readonly scheme: string; readonly path: string }[];
  /** Whether the editor keeps a folder for it. */
  readonly hasStore: boolean;
}

/** Why there can be no fine-tuning here, and what the writer can do about it with one click. */
export interface Refusal {
  readonly message: string;
  readonly remedy?: { readonly title: string; readonly command: string };
}

export type Ground =
  | { readonly kind: 'folders'; readonly folders: readonly string[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The folders on this machine that can be learnt from; or why there are none. */
export function groundOf({ trusted, on, folders, hasStore }: Workspace, l10n: Localiser): Ground {
  const refuse = (message: string, remedy?: Refusal['remedy']): Ground => ({
    kind: 'refused',
    refusal: { message, ...(remedy !== undefined && { remedy }) },
  });
  if (!trusted) {
    return refuse(
      l10n.t(
        'This workspace is not trusted, and Planwright learns only from documents that you trust. Trust it first.',
      ),
      { title: l10n.t('Manage Trust'), command: 'workbench.trust.manage' },
    );
  }
  if (!on) {
    return refuse(l10n.t('Planwright is off, so no process runs. Turn it on first.'), {
      title: l10n.t('Turn On'),
      command: 'planwright.toggle',
    });
  }
  if (folders.length === 0 || !hasStore) {
    return refuse(l10n.t('No folder is open. Open the folder of the documents that Planwright is to learn from.'), {
      title: l10n.t('Open Folder…'),
      command: 'vscode.openFolder',
    });
  }
  const local = folders.filter(({ scheme }) => scheme === 'file').map(({ path }) => path);
  if (local.length === 0) {
    return refuse(
      l10n.t(
        'These documents are not on the machine that Planwright runs on, and it reads documents from disk. Open a copy of the folder on this machine, or let Planwright run where they are, with the setting “remote.extensionKind”.',
      ),
    );
  }
  return { kind: 'folders', folders: local };
}
