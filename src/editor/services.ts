import type * as vscode from 'vscode';
import type { Engine } from '../engine/engine';
import type { Activity } from './activity';
import type { Configuration } from './configuration';
import type { DocumentStore } from './documents/documentStore';
import type { Follower } from './documents/follower';
import type { HostTimings } from './hostTimings';
import type { LabelBook } from './labelBook';
import type { FineTuning } from './training/fineTuning';
import type { WorkspaceModels } from './training/models';
import type { TuningDevice } from './training/tuningDevice';

/** What every part of the editor may use. Made once, by `activate`. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly configuration: Configuration;
  readonly activity: Activity;
  readonly engine: Engine;
  readonly labels: LabelBook;
  readonly documents: DocumentStore;
  readonly follower: Follower;
  readonly timings: HostTimings;
  /** The models of this workspace. */
  readonly models: WorkspaceModels;
  readonly fineTuning: FineTuning;
  readonly tuningDevice: TuningDevice;
  /** Never given document text. */
  readonly log: vscode.LogOutputChannel;
}
