import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, extension, openEssay } from './support';

/** Examines, and gives the report and the titles of what can be done from it. */
async function doctor(): Promise<{ report: string; actions: Map<string, vscode.Command> }> {
  await vscode.commands.executeCommand('planwright.doctor');
  const document = vscode.window.activeTextEditor?.document;
  assert.equal(document?.uri.scheme, 'planwright');
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    10,
  );
  const commands = lenses.map(({ command }) => command).filter((command) => command !== undefined);
  return { report: document.getText(), actions: new Map(commands.map((command) => [command.title, command])) };
}

describe('doctor', () => {
  it('finds everything in order, and copies its report', async () => {
    await openEssay();
    const { report, actions } = await doctor();
    assert.match(report, /Self-test: plan in \d+ ms/);
    assert.ok(!actions.has('Turn Planwright on'));
    const copy = actions.get('Copy this report');
    assert.ok(copy);
    await vscode.commands.executeCommand(copy.command);
    assert.equal(await vscode.env.clipboard.readText(), report);
  });

  it('says that it is off for the language in this folder, and turns it on just there', async () => {
    const { document } = await openEssay();
    const { activity, engine } = extension().exports.services;
    const markdown = vscode.workspace.getConfiguration('planwright', { languageId: 'markdown' });
    await markdown.update('enable', false, vscode.ConfigurationTarget.Workspace, true);
    try {
      await eventually('silence', () => !activity.of(document).on);
      assert.deepEqual(activity.of(document), { on: false, reason: 'setting' });
      await eventually('the end of the engine', () => engine.state.kind === 'stopped');
      const { report, actions } = await doctor();
      assert.match(report, /off by the setting “planwright\.enable”/);
      const turnOn = actions.get('Turn Planwright on');
      assert.ok(turnOn);
      await vscode.commands.executeCommand(turnOn.command);
      assert.deepEqual(activity.of(document), { on: true });
      const { workspaceLanguageValue, globalValue } = vscode.workspace
        .getConfiguration('planwright', { languageId: 'markdown' })
        .inspect<boolean>('enable')!;
      assert.deepEqual([workspaceLanguageValue, globalValue], [true, undefined]);
    } finally {
      await markdown.update('enable', undefined, vscode.ConfigurationTarget.Workspace, true);
    }
  });

  it('ends the snooze, and what keeps it off for the file at hand', async () => {
    const { document } = await openEssay();
    const { activity } = extension().exports.services;
    await activity.setFileOff(document.uri, true);
    activity.snooze(5);
    try {
      const turnOn = (await doctor()).actions.get('Turn on for this file');
      assert.ok(turnOn);
      await vscode.commands.executeCommand(turnOn.command);
      assert.deepEqual(activity.of(document), { on: true });
    } finally {
      await activity.setFileOff(document.uri, false);
      activity.snooze(0);
    }
  });
});
