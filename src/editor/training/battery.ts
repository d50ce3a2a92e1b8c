import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How the system is asked; tests put theirs in its place. */
export interface PowerSource {
  readonly platform: NodeJS.Platform;
  /** Names in a folder, and a file's text. Reject where there is none. */
  list(folder: string): Promise<readonly string[]>;
  read(file: string): Promise<string>;
  /** A program's standard output. Rejects where it fails. */
  output(program: string, ...args: readonly string[]): Promise<string>;
}

const SUPPLIES = '/sys/class/power_supply';
/** A program that has not answered by then is not waited for. */
const PATIENCE_MS = 15_000;
/** GetSystemPowerStatus, the only source on Windows that needs neither rights nor a driver of the maker's. */
const WINDOWS_QUERY =
  'Add-Type -AssemblyName System.Windows.Forms; [System.Windows.Forms.SystemInformation]::PowerStatus.PowerLineStatus';

export const SYSTEM: PowerSource = {
  platform: process.platform,
  list: (folder) => readdir(folder),
  read: (file) => readFile(file, 'utf8'),
  output: (program, ...args) =>
    new Promise((resolve, reject) => {
      execFile(program, args, { timeout: PATIENCE_MS, windowsHide: true }, (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(error instanceof Error ? error : new Error(program));
      });
    }),
};

/** Whether the machine runs on battery. Where that cannot be found out, it does not. Never rejects. */
export async function onBattery(system: PowerSource = SYSTEM): Promise<boolean> {
  try {
    switch (system.platform) {
      case 'linux':
        return await linux(system);
      case 'darwin':
        return (await system.output('/usr/bin/pmset', '-g', 'batt')).includes("'Battery Power'");
      case 'win32': {
        const line = await system.output('powershell.exe', '-NoProfile', '-NonInteractive', '-Command', WINDOWS_QUERY);
        return line.trim() === 'Offline';
      }
      default:
        return false;
    }
  } catch {
    return false;
  }
}

/** The kernel lists mains and batteries (Documentation/ABI/testing/sysfs-class-power). */
async function linux(system: PowerSource): Promise<boolean> {
  const names = await system.list(SUPPLIES);
  const property = async (name: string, key: string): Promise<string> =>
    (await system.read(join(SUPPLIES, name, key)).catch(() => '')).trim();
  let discharging = false;
  for (const name of names) {
    // A mouse's or a pen's battery.
    if ((await property(name, 'scope')) === 'Device') continue;
    const type = await property(name, 'type');
    if (type === 'Battery') discharging ||= (await property(name, 'status')) === 'Discharging';
    else if (type !== 'UPS' && (await property(name, 'online')) === '1') return false;
  }
  return discharging;
}
