import type { JobOptions } from '../../engine/training/protocol';

/** A run that was begun and of which no end is known. */
export interface UnfinishedRun extends Pick<JobOptions, 'mode' | 'device'> {
  readonly again: boolean;
}

interface Remembered extends UnfinishedRun {
  /** Of the editor's process that began it. */
  readonly pid: number;
}

/** Where it outlives the window: the editor's memory for this workspace. */
export interface RunMemory {
  get(): Remembered | undefined;
  set(run: Remembered | undefined): void;
}

/** Remembers that a run goes on, so that one that was cut off can be offered to be taken up. */
export class Unfinished {
  constructor(
    private readonly memory: RunMemory,
    private readonly pid: number = process.pid,
    private readonly isAlive: (pid: number) => boolean = lives,
  ) {}

  get run(): UnfinishedRun | undefined {
    return this.memory.get();
  }

  begin(run: UnfinishedRun): void {
    this.memory.set({ ...run, pid: this.pid });
  }

  forget(): void {
    this.memory.set(undefined);
  }

  /** The run of a process that is gone: one that lives may be another window, which is still at it. */
  ofAnEndedEditor(): UnfinishedRun | undefined {
    const run = this.memory.get();
    return run === undefined || (run.pid !== this.pid && this.isAlive(run.pid)) ? undefined : run;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
