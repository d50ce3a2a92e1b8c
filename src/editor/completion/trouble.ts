import type { Engine } from '../../engine/engine';

/** Tells of the engine's failures: each once, until the engine's state changes. A writer is told by the status, not by a dialog for each key. */
export class Trouble {
  private readonly told = new Set<string>();
  private readonly subscription: { dispose(): void };

  constructor(
    engine: Engine,
    private readonly warn: (message: string) => void,
  ) {
    this.subscription = engine.onDidChangeState(() => this.told.clear());
  }

  tell({ message }: Error): void {
    if (this.told.has(message)) return;
    this.told.add(message);
    this.warn(message);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
