/** How often the second line of defence looks. */
const INTERVAL_MS = 5000;

/**
 * Ends this process when the one that forked it is gone, whatever it was killed by: the IPC channel closes then. Should that go unnoticed, the
 * parent's process id changes (but on Windows).
 */
export function watchParent(): void {
  const parent = process.ppid;
  // Not by process.exit: some GPU drivers crash when a process ends in the ordinary way, and systems report that to the user.
  const end = (): void => void process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', end);
  setInterval(() => {
    if (process.ppid !== parent || !process.connected) end();
  }, INTERVAL_MS).unref();
}
