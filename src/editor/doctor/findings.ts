import type { SkippedDevice } from '../../engine/engine';
import type { SelfTestReply } from '../../engine/protocol';
import type { OffReason } from '../activity';

/** What the doctor found out. Holds no text of any document. */
export interface Findings {
  readonly versions: {
    readonly planwright: string;
    readonly editor: string;
    readonly node: string;
    readonly system: string;
  };
  /** Whether the extension runs beside the files on another machine, and its name; undefined where it runs on this one. */
  readonly remote: string | undefined;
  readonly trusted: boolean;
  readonly enabled: boolean;
  /** Why it does nothing in the document at hand; undefined where it works there, or that is no document for it. */
  readonly offHere: OffReason | undefined;
  readonly inlineSuggest: boolean;
  /** Names of settings that differ from their defaults. */
  readonly changedSettings: readonly string[];
  /** Names of other extensions that may suggest text in Markdown. */
  readonly rivals: readonly string[];
  /** The folder of a model that replaces the bundled one; empty for the bundled one. */
  readonly modelFolder: string;
  /** Whether a model is in use that was tuned from it on this workspace. */
  readonly isTuned: boolean;
  readonly deviceAsked: 'auto' | 'cpu' | 'webgpu';
  readonly skippedDevice: SkippedDevice | undefined;
  /** Where fine-tuning runs; undefined where there is none: Planwright is off, or the workspace is not trusted. */
  readonly tuningDevice: 'cpu' | 'webgpu' | undefined;
  readonly selfTest:
    | { readonly kind: 'passed'; readonly reply: SelfTestReply }
    | { readonly kind: 'failed'; readonly message: string }
    /** Planwright is off: no process is started. */
    | { readonly kind: 'not-run' };
  /** Milliseconds in the extension host; undefined where nothing was timed yet. */
  readonly timings: readonly {
    readonly work: string;
    readonly p50: number;
    readonly p99: number;
    readonly count: number;
  }[];
}
