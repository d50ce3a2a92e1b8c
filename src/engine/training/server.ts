import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { JobControl, JobOptions, Survey, TrainingReport } from '../../training/jobTypes';
import { WorkspaceStore } from '../../training/store';
import { FAILURE } from '../failures';
import { notifications as engineNotifications } from '../protocol';
import { signalOf } from '../signalOf';
import { toTrainingResponse } from './failures';
import { notifications, requests, type StorePlace, type StoreState } from './protocol';

/** What a process of ours says for the log is the same for all of them. */
const { log } = engineNotifications;

/** The work of a training process. */
export interface Job {
  survey(options: JobOptions, signal: AbortSignal): Promise<Survey>;
  fineTune(options: JobOptions, control: JobControl): Promise<TrainingReport>;
}

/** Answers the editor's requests on a connection, and listens on it. @param beforeWork called before a job begins */
export function serveTraining(connection: MessageConnection, job: Job, beforeWork: () => void): void {
  const answer = answering((message) => {
    connection.sendNotification(log, { level: 'warn', message }).catch(() => undefined);
  });
  const stopping = new AbortController();
  let onStop: JobControl['onStop'] = 'keep';
  let paused: string | undefined;

  connection.onRequest(requests.survey, (options, token) =>
    answer(() => {
      beforeWork();
      return job.survey(options, signalOf(token));
    }),
  );
  connection.onRequest(requests.run, (options) =>
    answer(() => {
      beforeWork();
      return job.fineTune(options, {
        signal: stopping.signal,
        get onStop() {
          return onStop;
        },
        paused: () => paused,
        onProgress: (progress) => {
          // A message that cannot be sent has no reader any more: the process is about to end.
          connection.sendNotification(notifications.progress, progress).catch(() => undefined);
        },
      });
    }),
  );
  connection.onNotification(notifications.pause, ({ reason }) => (paused = reason));
  connection.onNotification(notifications.resume, () => (paused = undefined));
  connection.onNotification(notifications.stop, ({ keep }) => {
    onStop = keep ? 'keep' : 'discard';
    // One who waits would not notice.
    paused = undefined;
    stopping.abort();
  });
  serveStore(connection, answer);
  connection.listen();
}

function serveStore(connection: MessageConnection, answer: Answer): void {
  const storeOf = ({ store }: StorePlace): WorkspaceStore => new WorkspaceStore(store);
  connection.onRequest(requests.active, (place) =>
    answer(async () => {
      const store = storeOf(place);
      return { folder: await store.activeFolder(place.base), state: await stateOf(store) };
    }),
  );
  connection.onRequest(requests.state, (place) => answer(() => stateOf(storeOf(place))));
  connection.onRequest(requests.use, ({ using, ...place }) =>
    answer(async () => {
      const store = storeOf(place);
      await store.use(using);
      return stateOf(store);
    }),
  );
  connection.onRequest(requests.forget, (place) =>
    answer(async () => {
      await storeOf(place).forget();
      return null;
    }),
  );
  connection.onRequest(requests.discard, (place) =>
    answer(async () => {
      await storeOf(place).discardRun();
      return null;
    }),
  );
  connection.onRequest(requests.exportTo, ({ file, ...place }) =>
    answer(async () => {
      await storeOf(place).exportTo(file);
      return null;
    }),
  );
  connection.onRequest(requests.importFrom, ({ file, ...place }) =>
    answer(async () => {
      const store = storeOf(place);
      await store.importFrom(file, place.base);
      return stateOf(store);
    }),
  );
  connection.onRequest(requests.lastReport, (place) => answer(async () => (await storeOf(place).lastReport()) ?? null));
}

/** What the editor is told of a store. The documents' names stay here. */
async function stateOf(store: WorkspaceStore): Promise<StoreState> {
  const model = await store.current();
  if (model === undefined) return { using: 'starter', model: null };
  const { id, createdAt, mode, before, after } = model;
  return { using: await store.using(), model: { id, createdAt, mode, before, after } };
}

/** Does some work, and makes a response of what it throws. */
type Answer = <T>(work: () => Promise<T>) => Promise<T>;

/** @param note takes where an error comes from that is none of ours: without its message, which may quote what was being read */
function answering(note: (message: string) => void): Answer {
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      const response = toTrainingResponse(error);
      if (response.code === FAILURE.failed && response.data === undefined) note(`training: ${origin(error)}`);
      throw response;
    }
  };
}

/** An error's name and the places it came through. */
function origin(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...places.map((line) => line.trim())].join(' ');
}
