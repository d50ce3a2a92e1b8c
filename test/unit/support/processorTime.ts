/** The milliseconds that a piece of work takes this process, however busy the machine is with others. */
export function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
}
