import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { Documents } from '../../../src/engine/documents';
import { EngineCancelled } from '../../../src/engine/engine';
import { OutOfStepError, toResponseError, FAILURE } from '../../../src/engine/failures';
import { logLines } from '../../../src/engine/logLines';
import { ModelHolder } from '../../../src/engine/modelHolder';
import { Priority } from '../../../src/engine/priority';
import { DEFAULT_POLICY, RestartCounter } from '../../../src/engine/restartPolicy';
import { short } from '../../../src/engine/round';
import { parseArguments, toArguments, type Invocation } from '../../../src/engine/settings';
import { unlessAborted } from '../../../src/engine/waiting';
import { ModelError } from '../../../src/model/errors';
import { CancelledError } from '../../../src/writing/cancellation';
import { ToyModel } from '../support/toyModel';
import { TINY } from './support';

describe('RestartCounter', () => {
  it('waits longer each time, gives up after three, and forgets what lies far back', () => {
    let now = 1;
    const counter = new RestartCounter(DEFAULT_POLICY, () => now);
    const delays = [0, 1, 2, 3].map(() => counter.next()?.delay);
    expect(delays).toEqual([500, 2000, 8000, undefined]);
    now = DEFAULT_POLICY.windowMilliseconds + 1;
    expect(counter.next()).toEqual({ attempt: 1, delay: 500 });
    counter.reset();
    expect(counter.next()).toEqual({ attempt: 1, delay: 500 });
  });

  it('begins a new row once the engine was of use, but not without end', () => {
    let now = 0;
    const counter = new RestartCounter({ ...DEFAULT_POLICY, mostEnds: 6 }, () => now);
    const killed = (): number | undefined => {
      now += 1000;
      return counter.next()?.attempt;
    };
    expect([killed(), killed(), killed()]).toEqual([1, 2, 3]);
    counter.work();
    expect([killed(), killed()]).toEqual([1, 2]);
    counter.work();
    expect(killed()).toBe(1);
    counter.work();
    expect(killed()).toBeUndefined();
    now += DEFAULT_POLICY.windowMilliseconds;
    expect(killed()).toBe(1);
  });
});

it('an engine that ends every second is given up after a minute, whatever use it was of between', () => {
  let now = 0;
  const counter = new RestartCounter(DEFAULT_POLICY, () => now);
  let ends = 0;
  for (; ends < 100 && counter.next() !== undefined; ends++) {
    now += 500;
    counter.work();
    now += 500;
  }
  expect(ends).toBe(60);
});

describe('the command line of the engine process', () => {
  it.each<Invocation>([
    { mode: 'serve', settings: { folder: 'a b', device: 'webgpu', weights: 'int4', threads: 3, idleMinutes: 0.5 } },
    { mode: 'serve', settings: { folder: '/x', device: 'cpu', weights: 'float32', idleMinutes: 0 } },
    { mode: 'serve', settings: { folder: '/x', device: 'cpu', weights: 'auto', idleMinutes: 0 } },
    { mode: 'probe', settings: { folder: '/x', device: 'webgpu', weights: 'int8', threads: 2, idleMinutes: 0 } },
  ])('is read as it was written: %j', (invocation) => {
    expect(parseArguments(toArguments(invocation))).toEqual(invocation);
  });

  it('leaves the form of the weights to the model where none is named', () => {
    expect(parseArguments(['--model', '/x']).settings.weights).toBe('auto');
    expect(() => parseArguments(['--model', '/x', '--weights', 'int2'])).toThrow('auto, float32, int8, int4');
  });
});

describe('Documents', () => {
  const model = new ToyModel();

  it('keeps sessions of those that were used last, and the text of all', () => {
    const documents = new Documents(2);
    for (const key of ['a', 'b', 'c']) documents.open(key, `Text ${key}.`);
    const a = documents.session('a', model);
    const b = documents.session('b', model);
    expect(documents.session('a', model)).toBe(a);
    documents.edit('b', [{ start: 0, end: 4, text: 'Words' }]);
    documents.session('c', model);
    documents.edit('b', [{ start: 0, end: 0, text: 'No ' }]);
    expect(documents.session('a', model)).toBe(a);
    const again = documents.session('b', model);
    expect(again).not.toBe(b);
    expect(again.text).toBe('No Words b.');
    expect(documents.size).toBe(3);
  });

  it('makes sessions anew for another model, with the newest text', () => {
    const documents = new Documents();
    documents.open('a', 'One.');
    const first = documents.session('a', model);
    documents.open('a', 'One. Two.');
    expect(first.text).toBe('One. Two.');
    const other = new ToyModel();
    expect(documents.session('a', other)).toMatchObject({ model: other, text: 'One. Two.' });
    documents.dropSessions();
    documents.open('a', 'Three.');
    expect(documents.session('a', model).text).toBe('Three.');
  });

  it.each([
    [3, 5],
    [2, 1],
    [-1, 2],
    [NaN, 2],
  ])('forgets a document whose edits do not fit: %d to %d', (start, end) => {
    const documents = new Documents();
    documents.open('a', 'One.');
    expect(() => documents.edit('a', [{ start, end, text: '' }])).toThrow(OutOfStepError);
    expect(() => documents.revision('a')).toThrow(OutOfStepError);
    expect(() => documents.session('a', model)).toThrow(OutOfStepError);
  });
});

describe('Documents of equal revisions', () => {
  it('have equal texts', () => {
    const documents = new Documents();
    const revisions = new Set<number>();
    documents.open('a', 'One.');
    revisions.add(documents.revision('a'));
    documents.edit('a', [{ start: 0, end: 0, text: 'x' }]);
    revisions.add(documents.revision('a'));
    documents.open('a', 'Two.');
    revisions.add(documents.revision('a'));
    expect(revisions.size).toBe(3);
  });
});

describe('Priority', () => {
  it('interrupts patient work for urgent work and takes it up again', async () => {
    const priority = new Priority();
    const ends: string[] = [];
    let starts = 0;
    const patient = priority.patient(new AbortController().signal, async (signal) => {
      starts++;
      if (starts === 1) {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new CancelledError())));
      }
      ends.push('patient');
    });
    await priority.urgent(() => Promise.resolve(ends.push('urgent')));
    await patient;
    expect(ends).toEqual(['urgent', 'patient']);
    expect(starts).toBe(2);
  });

  it('lets patient work wait for all urgent work, also for what comes just as other such work ends', async () => {
    const priority = new Priority();
    const ends: string[] = [];
    const finish: (() => void)[] = [];
    const urgent = (name: string): Promise<unknown> =>
      priority.urgent(() => new Promise<void>((resolve) => finish.push(resolve))).then(() => ends.push(name));
    const first = urgent('first');
    const second = urgent('second');
    const patient = priority.patient(new AbortController().signal, () => Promise.resolve(ends.push('patient')));
    finish[0]!();
    await first;
    // As soon as the second one ends, before whoever waits has been told.
    const third = priority.urgent(async () => {
      finish[1]!();
      await second;
      await new Promise(setImmediate);
      ends.push('third');
    });
    await Promise.all([third, patient]);
    expect(ends).toEqual(['first', 'second', 'third', 'patient']);
  });

  it('waits again where urgent work comes in the moment in which patient work might go on', async () => {
    const priority = new Priority();
    const ends: string[] = [];
    let finish: () => void = () => undefined;
    const { signal } = new AbortController();
    const first = priority.urgent(() => new Promise<void>((resolve) => (finish = resolve)));
    let second: Promise<unknown> = Promise.resolve();
    const other = priority.patient(signal, () => {
      second = priority.urgent(async () => {
        await new Promise(setImmediate);
        ends.push('urgent');
      });
      return Promise.resolve();
    });
    const patient = priority.patient(signal, () => Promise.resolve(ends.push('patient')));
    finish();
    await Promise.all([first, other, patient]);
    await second;
    expect(ends).toEqual(['urgent', 'patient']);
  });

  it('begins nothing anew that failed, or was cancelled, by itself', async () => {
    const priority = new Priority();
    const { signal } = new AbortController();
    let starts = 0;
    const once = (error: Error): Promise<number> => (starts++ === 0 ? Promise.reject(error) : Promise.resolve(1));
    await expect(priority.patient(signal, () => once(new CancelledError()))).rejects.toBeInstanceOf(CancelledError);
    starts = 0;
    const failing = priority.patient(signal, async (turn) => {
      if (starts === 0) await new Promise((resolve) => turn.addEventListener('abort', resolve));
      return once(new RangeError('no'));
    });
    await priority.urgent(() => Promise.resolve());
    await expect(failing).rejects.toBeInstanceOf(RangeError);
  });

  it('passes on failures and cancellations', async () => {
    const priority = new Priority();
    const controller = new AbortController();
    const fails = priority.patient(controller.signal, () => Promise.reject(new RangeError('no')));
    await expect(fails).rejects.toBeInstanceOf(RangeError);
    controller.abort();
    const late = priority.patient(controller.signal, () => Promise.resolve(1));
    await expect(late).rejects.toBeInstanceOf(CancelledError);
    await expect(priority.urgent(() => Promise.reject(new RangeError('no')))).rejects.toBeInstanceOf(RangeError);
    await expect(priority.patient(new AbortController().signal, () => Promise.resolve(1))).resolves.toBe(1);
  });
});

describe('ModelHolder', () => {
  it('closes a model only when the work with it is done', async () => {
    const events: string[] = [];
    const holder = new ModelHolder(
      { ...TINY, device: 'cpu' },
      { onOpened: () => events.push('opened'), onFreed: () => events.push('freed') },
    );
    let finish: () => void = () => undefined;
    const work = holder.use(async ({ model }) => {
      await new Promise<void>((resolve) => (finish = resolve));
      return (await model.embed(['still open'])).length;
    });
    await holder.use(() => Promise.resolve());
    const unloaded = holder.unload();
    expect(holder.isLoaded).toBe(false);
    await holder.use(() => Promise.resolve());
    finish();
    expect(await work).toBeGreaterThan(0);
    await unloaded;
    await holder.unload();
    expect(events).toEqual(['opened', 'freed', 'opened', 'freed']);
  });
});

describe('ModelHolder, left alone', () => {
  const events = { onOpened: () => undefined, onFreed: () => undefined };
  const holderFor = (idleMinutes: number): ModelHolder =>
    new ModelHolder({ ...TINY, device: 'cpu', idleMinutes }, events);

  it.each([0, 1e6])('keeps the model where it is to be kept for long: %d minutes', async (idleMinutes) => {
    const holder = holderFor(idleMinutes);
    await holder.use(() => Promise.resolve());
    await sleep(20);
    expect(holder.isLoaded).toBe(true);
    await holder.unload();
  });

  it('frees it after a while, but not while it is used again, and closes it', async () => {
    const holder = holderFor(0.0002);
    await holder.use(() => Promise.resolve());
    const model = await holder.use(async (held) => {
      await sleep(50);
      expect(holder.isLoaded).toBe(true);
      return held.model;
    });
    await expect.poll(() => holder.isLoaded).toBe(false);
    await expect.poll(() => model.embed(['x']).catch((error: unknown) => error)).toMatchObject({ kind: 'closed' });
  });
});

describe('small parts', () => {
  it('waits no longer than its signal allows, and leaves no failure unheard', async () => {
    const unheard = vi.fn();
    process.on('unhandledRejection', unheard);
    try {
      const fails = (): Promise<never> => Promise.reject(new Error('failed'));
      await expect(unlessAborted(fails(), AbortSignal.abort())).rejects.toBeInstanceOf(EngineCancelled);
      await expect(unlessAborted(Promise.resolve(1), AbortSignal.abort())).rejects.toBeInstanceOf(EngineCancelled);
      const controller = new AbortController();
      const waiting = unlessAborted(new Promise(() => undefined), controller.signal);
      controller.abort();
      await expect(waiting).rejects.toBeInstanceOf(EngineCancelled);
      await expect(unlessAborted(fails(), new AbortController().signal)).rejects.toThrow('failed');
      await new Promise(setImmediate);
      expect(unheard).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unheard);
    }
  });

  it('gives errors the code of their kind', () => {
    expect(toResponseError(new ModelError('missing', 'x', 'is not there')).code).toBe(FAILURE.modelBroken);
    expect(toResponseError(new CancelledError()).code).toBe(FAILURE.cancelled);
    expect(toResponseError('text')).toMatchObject({ code: FAILURE.failed, message: 'text' });
  });

  it('reads lines to the end, and not more of one than is shown', async () => {
    const stream = new PassThrough();
    const lines: string[] = [];
    logLines(stream, (line) => lines.push(line));
    stream.write('one\r\ntw');
    stream.write('o\n\n');
    for (let i = 0; i < 100; i++) stream.write('x'.repeat(1000));
    stream.end('\nend');
    await finished(stream);
    expect(lines).toEqual(['one', 'two', `${'x'.repeat(500)}…`, 'end']);
  });

  it('rounds to four significant digits', () => {
    expect([0.123456, 12.3456, 1e-9 / 3, 0].map(short)).toEqual([0.1235, 12.35, 3.333e-10, 0]);
  });
});
