/** Calls that come in a burst, made one: `run` comes `milliseconds` after the last of them. */
export class Debounced {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly run: () => void,
    private readonly milliseconds: number,
  ) {}

  /** Asks for a run. */
  call = (): void => {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.run, this.milliseconds);
  };

  dispose(): void {
    clearTimeout(this.timer);
  }
}
