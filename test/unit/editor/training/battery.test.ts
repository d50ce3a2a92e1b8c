import { describe, expect, it } from 'vitest';
import { onBattery, SYSTEM, type PowerSource } from '../../../../src/editor/training/battery';

const gone = (): Promise<never> => Promise.reject(new Error('not there'));

/** Linux with these supplies, by name, with their properties. */
function linux(supplies: Readonly<Record<string, Readonly<Record<string, string>>>>): PowerSource {
  return {
    platform: 'linux',
    list: () => Promise.resolve(Object.keys(supplies)),
    read: (file) => {
      const [name, key] = file.split('/').slice(-2) as [string, string];
      const value = supplies[name]?.[key];
      return value === undefined ? gone() : Promise.resolve(`${value}\n`);
    },
    output: gone,
  };
}

const says = (platform: NodeJS.Platform, text: string): PowerSource => ({
  platform,
  list: gone,
  read: gone,
  output: () => Promise.resolve(text),
});

const AC = (online: string) => ({ type: 'Mains', online });
const BATTERY = (status: string) => ({ type: 'Battery', status });

describe('onBattery', () => {
  it.each([
    ['a laptop on battery', { AC: AC('0'), BAT0: BATTERY('Discharging') }, true],
    ['a laptop plugged in', { AC: AC('1'), BAT0: BATTERY('Charging') }, false],
    ['one that draws from both', { BAT0: BATTERY('Discharging'), AC: AC('1') }, false],
    ['one charged over USB', { BAT0: BATTERY('Discharging'), usb: { type: 'USB', online: '1' } }, false],
    ['one with two batteries', { AC: AC('0'), BAT0: BATTERY('Unknown'), BAT1: BATTERY('Discharging') }, true],
    ['a desktop with a mouse', { mouse: { ...BATTERY('Discharging'), scope: 'Device' } }, false],
    ['a server behind a UPS', { ups: { type: 'UPS', online: '1', status: 'Discharging' } }, false],
    ['a laptop on battery beside a UPS', { ups: { type: 'UPS', online: '1' }, BAT0: BATTERY('Discharging') }, true],
    ['a machine without any', {}, false],
  ])('on Linux knows %s', async (_, supplies, expected) => {
    expect(await onBattery(linux(supplies))).toBe(expected);
  });

  it.each([
    ['darwin', "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t87%; discharging;", true],
    ['darwin', "Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t100%; charged;", false],
    ['win32', 'Offline\r\n', true],
    ['win32', 'Online\r\n', false],
    ['win32', 'Unknown\r\n', false],
    ['freebsd', 'Offline', false],
  ] as const)('on %s reads %j', async (platform, text, expected) => {
    expect(await onBattery(says(platform, text))).toBe(expected);
  });

  it('takes what it cannot find out for mains', async () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(await onBattery({ platform, list: gone, read: gone, output: gone })).toBe(false);
    }
  });

  it('asks this machine without failing', async () => {
    expect([true, false]).toContain(await onBattery());
    await expect(SYSTEM.output(process.execPath, '-p', '6 * 7')).resolves.toBe('42\n');
    await expect(SYSTEM.output('/nowhere/at/all')).rejects.toThrow();
  });
});
