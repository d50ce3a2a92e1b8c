/** Shows something for as long as work lasts, where it is not done after so many milliseconds: what comes at once needs no word. */
export function whileSlow(work: Promise<unknown>, milliseconds: number, show: () => { dispose(): unknown }): void {
  let shown: { dispose(): unknown } | undefined;
  const timer = setTimeout(() => (shown = show()), milliseconds);
  const end = (): void => {
    clearTimeout(timer);
    shown?.dispose();
  };
  work.then(end, end);
}
