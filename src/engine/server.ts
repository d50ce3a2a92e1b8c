import type { MessageConnection } from 'vscode-jsonrpc/node';
import { DocumentRequests } from './documentRequests';
import { Documents } from './documents';
import { toResponseError } from './failures';
import { ModelHolder } from './modelHolder';
import { describeLabels } from './modelInfo';
import { notifications, progress, requests, type MemoryInfo } from './protocol';
import { selfTest } from './selfTest';
import type { ProcessSettings } from './settings';
import { signalOf } from './signalOf';

/** Answers the editor's requests on a connection, and listens on it. */
export function serve(connection: MessageConnection, settings: ProcessSettings): void {
  const tell = (sent: Promise<void>): void => {
    // A message that cannot be sent has no reader any more: the process is about to end.
    sent.catch(() => undefined);
  };
  const log = (level: 'info' | 'warn', message: string): void =>
    tell(connection.sendNotification(notifications.log, { level, message }));

  const documents = new Documents();
  const holder = new ModelHolder(settings, {
    onOpened: (info) => {
      log('info', `Opened ${info.model} on ${info.device.name} in ${info.openMilliseconds} ms.`);
      tell(connection.sendNotification(notifications.loaded, info));
    },
    onFreed: () => {
      documents.dropSessions();
      tell(connection.sendNotification(notifications.unloaded));
    },
  });
  const asked = new DocumentRequests(holder, documents);
  const memory = (): MemoryInfo => ({
    pid: process.pid,
    bytes: process.memoryUsage.rss(),
    modelLoaded: holder.isLoaded,
    documents: documents.size,
  });

  connection.onRequest(requests.load, () => answer(() => holder.use(({ info }) => Promise.resolve(info))));
  connection.onRequest(requests.labels, () =>
    answer(() => holder.use(({ labels }) => Promise.resolve(describeLabels(labels)))),
  );
  connection.onRequest(requests.unload, () => answer(() => holder.unload()));
  connection.onRequest(requests.memory, memory);
  connection.onRequest(requests.selfTest, (token) =>
    answer(() => holder.use((held) => selfTest(held, memory, signalOf(token)))),
  );
  connection.onRequest(requests.plan, (params, token) =>
    answer(() =>
      asked.plan(params, signalOf(token), (done, total) => {
        if (params.progress !== undefined)
          tell(connection.sendProgress(progress.plan, params.progress, { done, total }));
      }),
    ),
  );
  connection.onRequest(requests.next, (params, token) => answer(() => asked.next(params, signalOf(token))));
  connection.onRequest(requests.influence, (params, token) => answer(() => asked.influence(params, signalOf(token))));
  connection.onRequest(requests.complete, (params, token) => {
    const { partial } = params;
    const onPartial =
      partial === undefined
        ? undefined
        : (text: string): void => tell(connection.sendProgress(progress.partialText, partial, text));
    return answer(() => asked.complete(params, signalOf(token), onPartial));
  });

  connection.onNotification(notifications.open, ({ key, text }) => documents.open(key, text));
  connection.onNotification(notifications.close, ({ key }) => documents.close(key));
  connection.onNotification(notifications.edit, ({ key, edits }) => {
    try {
      documents.edit(key, edits);
    } catch (error) {
      // The next request for the document says so.
      log('warn', (error as Error).message);
    }
  });
  connection.listen();
}

async function answer<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toResponseError(error);
  }
}
