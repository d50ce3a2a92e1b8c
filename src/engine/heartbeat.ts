import type { EngineProcess } from './engineProcess';
import { requests } from './protocol';

/**
 * Notices a process that is alive but answers nothing: a run that never returns (in a driver, say) holds up its only thread for good. Asked beside each request, and one
 * question at a time; runs are short, so that one that works answers within a moment.
 */
export class Heartbeat {
  private asked: EngineProcess | undefined;

  /** @param patience in milliseconds */
  constructor(
    private readonly patience: number,
    private readonly onSilence: (process: EngineProcess) => void,
  ) {}

  /** Asks whether the process answers, unless that is being asked. */
  beat(process: EngineProcess): void {
    if (this.asked === process) return;
    this.asked = process;
    const late = AbortSignal.timeout(this.patience);
    process
      .ask((connection) => connection.sendRequest(requests.memory), late)
      // One that has ended, or refuses, is not silent.
      .catch(() => {
        if (late.aborted && process.alive()) this.onSilence(process);
      })
      .finally(() => {
        if (this.asked === process) this.asked = undefined;
      });
  }
}
