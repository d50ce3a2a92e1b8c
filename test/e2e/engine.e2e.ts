import { describe, expect, it } from 'vitest';
import { EAGER, ESSAY } from './essay';
import { useWorkbench } from './useWorkbench';
import { eventually } from './workbench';

describe('the engine process', () => {
  const open = useWorkbench({ files: { 'start.txt': 'No Markdown.\n' }, settings: EAGER });
  const opening = 'At the end of the ';
  const goneOn = 'day it is left alone for an hour. This is one of the ';

  it('starts with the first Markdown document, not before', async () => {
    const workbench = open();
    await workbench.openFile('start.txt');
    expect(workbench.enginePids()).toEqual([]);
    await workbench.openNew('start.md', ESSAY);
    await eventually('one engine', () => workbench.enginePids().length === 1);
  });

  it('may be killed while one types: no text is lost, no message comes, suggestions return', async () => {
    const workbench = open();
    await workbench.openNew('killed.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type(`\n${opening}`);
    await workbench.ghostText();
    const [pid] = workbench.enginePids();
    const typing = workbench.type(goneOn);
    process.kill(pid!, 'SIGKILL');
    await typing;
    await workbench.saved('killed.md', `${ESSAY}\n${opening}${goneOn}`);
    await workbench.ghostText();
    expect(workbench.enginePids()).not.toContain(pid);
    expect(await workbench.messages()).toEqual([]);
  });

  it('is quiet while snoozed', async () => {
    const workbench = open();
    await workbench.openNew('snoozed.md', ESSAY);
    await workbench.command('Planwright: Snooze…');
    await workbench.pick('15 minutes');
    await eventually('no lenses', async () => (await workbench.lenses()).length === 0);
    await workbench.press('Control+End');
    await workbench.type(`\n${opening}`);
    await workbench.command('Trigger Inline Suggestion');
    expect(await workbench.ghost()).toBe('');
    await workbench.command('Planwright: Snooze…');
    await workbench.pick('End the snooze');
    await workbench.command('Trigger Inline Suggestion');
    await workbench.ghostText();
  });

  it('does not run when Planwright is off', async () => {
    const workbench = open();
    workbench.configure({ 'planwright.enable': false });
    await eventually('no engine', () => workbench.enginePids().length === 0);
    await workbench.openNew('off.md', ESSAY);
    await workbench.press('Control+End');
    await workbench.type(`\n${opening}`);
    await workbench.saved('off.md', `${ESSAY}\n${opening}`);
    expect(workbench.enginePids()).toEqual([]);
    expect(await workbench.lenses()).toEqual([]);
    expect(await workbench.ghost()).toBe('');
    workbench.configure({});
    await eventually('one engine', () => workbench.enginePids().length === 1);
  });
});
