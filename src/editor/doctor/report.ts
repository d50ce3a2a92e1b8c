import type { Localiser } from '../localiser';
import type { Findings } from './findings';

type Judgement = 'ok' | 'look' | 'failed';

/** A line of the report: how it stands, what was found, and what to do. */
interface Line {
  readonly judgement: Judgement;
  readonly text: string;
  readonly advice?: string;
}

const SYMBOLS: Record<Judgement, string> = { ok: '✓', look: '!', failed: '✗' };

/** The doctor's report as Markdown. Every line begins with a word for how it stands, so that neither colour nor symbol is needed to read it. */
export function report(findings: Findings, l10n: Localiser): string {
  const words: Record<Judgement, string> = { ok: l10n.t('Fine'), look: l10n.t('Attention'), failed: l10n.t('Failed') };
  const show = ({ judgement, text, advice }: Line): string =>
    `- ${SYMBOLS[judgement]} **${words[judgement]}**: ${text}${advice === undefined ? '' : `  \n  → ${advice}`}`;
  const section = (title: string, lines: readonly Line[]): string[] => ['', `## ${title}`, '', ...lines.map(show)];
  const lines = [model(findings, l10n), ...selfTest(findings, l10n), ...device(findings, l10n)];
  const setting = surroundings(findings, l10n);
  const all = [...lines, ...setting];
  const troubles = all.filter(({ judgement }) => judgement !== 'ok').length;
  return [
    `# ${l10n.t('Planwright Doctor')}`,
    '',
    verdict(troubles, l10n),
    ...section(l10n.t('Model and device'), lines),
    ...section(l10n.t('Editor'), setting),
    ...timings(findings, l10n),
    ...versions(findings, l10n),
    '',
  ].join('\n');
}

function verdict(troubles: number, l10n: Localiser): string {
  if (troubles === 0) return l10n.t('Everything is in order.');
  return troubles === 1 ? l10n.t('One thing to look at.') : l10n.t('{0} things to look at.', troubles);
}

function model({ modelFolder, isTuned }: Findings, l10n: Localiser): Line {
  const base =
    modelFolder === ''
      ? l10n.t('The bundled model is used.')
      : l10n.t('A model of your own is used, from the folder {0}.', modelFolder);
  const tuned = isTuned ? ` ${l10n.t('It has been fine-tuned on this workspace.')}` : '';
  return { judgement: 'ok', text: base + tuned };
}

function here({ offHere }: Findings, l10n: Localiser): Line[] {
  switch (offHere) {
    case 'setting':
      return [
        {
          judgement: 'look',
          text: l10n.t('In this document, Planwright is turned off by the setting “planwright.enable”.'),
          advice: l10n.t('Check whether it is off for this language or this folder.'),
        },
      ];
    case 'file':
      return [{ judgement: 'look', text: l10n.t('Planwright is turned off for this file.') }];
    case 'snoozed':
      return [{ judgement: 'look', text: l10n.t('Planwright is snoozed.') }];
    case 'too-large':
      return [{ judgement: 'look', text: l10n.t('This document is too large.') }];
    case 'language':
    case 'scheme':
    case undefined:
      return [];
  }
}

function selfTest({ selfTest: test }: Findings, l10n: Localiser): Line[] {
  switch (test.kind) {
    case 'not-run':
      return [
        {
          judgement: 'look',
          text: l10n.t('Planwright is off: no process runs, and nothing was tested.'),
          advice: l10n.t('Turn it on with the command “Planwright: Turn On or Off”, then run the doctor again.'),
        },
      ];
    case 'failed':
      return [
        {
          judgement: 'failed',
          text: test.message,
          advice: l10n.t('“Planwright: Restart Engine” tries again; “Planwright: Show Log” has the details.'),
        },
      ];
    case 'passed': {
      const { info, memory, milliseconds, tokensPerSecond, completion } = test.reply;
      const million = (info.parameters / 1e6).toFixed(1);
      return [
        {
          judgement: 'ok',
          text: l10n.t(
            'Model {0}: {1} million parameters, {2} labels, weights as {3}; opened in {4} ms.',
            info.model,
            million,
            info.labelCount,
            info.weights,
            Math.round(info.openMilliseconds),
          ),
        },
        completion.trim() === ''
          ? {
              judgement: 'failed',
              text: l10n.t('The model wrote nothing in the self-test.'),
              advice: l10n.t(
                'The model’s files may be damaged: install Planwright again, or clear “planwright.model.folder”.',
              ),
            }
          : {
              judgement: 'ok',
              text: l10n.t(
                'Self-test: plan in {0} ms, first word in {1} ms, whole suggestion in {2} ms, {3} tokens a second. It wrote: “{4}”',
                milliseconds.plan,
                milliseconds.first,
                milliseconds.total,
                tokensPerSecond,
                completion.trim(),
              ),
            },
        { judgement: 'ok', text: l10n.t('The engine uses {0} MB of memory.', Math.round(memory.bytes / 1e6)) },
      ];
    }
  }
}

function device({ selfTest: test, deviceAsked, skippedDevice, tuningDevice }: Findings, l10n: Localiser): Line[] {
  const lines: Line[] = [];
  if (test.kind === 'passed') {
    const { name } = test.reply.info.device;
    lines.push({ judgement: 'ok', text: l10n.t('Asked for: {0}. Runs on: {1}.', deviceAsked, name) });
  }
  if (skippedDevice !== undefined) {
    lines.push({
      // Without being asked for, a GPU that is not used is no trouble.
      judgement: deviceAsked === 'webgpu' ? 'failed' : 'ok',
      text: l10n.t('The GPU is not used for writing: {0}', skippedDevice.reason),
      ...(!skippedDevice.untried && {
        advice: l10n.t(
          'After a driver change, set “planwright.engine.device” to “webgpu” once: the GPU is then tried again.',
        ),
      }),
    });
  }
  if (tuningDevice !== undefined) {
    const where = tuningDevice === 'webgpu' ? l10n.t('GPU') : l10n.t('CPU');
    lines.push({ judgement: 'ok', text: l10n.t('Fine-tuning runs on: {0}.', where) });
  }
  return lines;
}

function surroundings(findings: Findings, l10n: Localiser): Line[] {
  const { remote, trusted, inlineSuggest, rivals, changedSettings } = findings;
  return [
    ...here(findings, l10n),
    inlineSuggest
      ? { judgement: 'ok', text: l10n.t('The editor shows inline suggestions.') }
      : {
          judgement: 'failed',
          text: l10n.t('The editor shows no inline suggestions: the setting “editor.inlineSuggest.enabled” is off.'),
          advice: l10n.t('Turn it on, at least for Markdown.'),
        },
    rivals.length === 0
      ? { judgement: 'ok', text: l10n.t('No other extension is known to suggest text here.') }
      : {
          judgement: 'look',
          text: l10n.t('Other extensions may suggest text too: {0}.', rivals.join(', ')),
          advice: l10n.t('The editor shows one suggestion at a time. Turn one of them off for Markdown.'),
        },
    trusted
      ? { judgement: 'ok', text: l10n.t('The workspace is trusted.') }
      : {
          judgement: 'ok',
          text: l10n.t('The workspace is not trusted: suggestions and plan work, fine-tuning does not.'),
        },
    {
      judgement: 'ok',
      text:
        remote === undefined ? l10n.t('Planwright runs on this machine.') : l10n.t('Planwright runs on: {0}.', remote),
    },
    {
      judgement: 'ok',
      text:
        changedSettings.length === 0
          ? l10n.t('All settings are at their defaults.')
          : l10n.t('Settings that you changed: {0}.', changedSettings.join(', ')),
    },
  ];
}

function timings(findings: Findings, l10n: Localiser): string[] {
  if (findings.timings.length === 0) return [];
  return [
    '',
    `## ${l10n.t('Time, in milliseconds')}`,
    '',
    `| ${l10n.t('work')} | ${l10n.t('median')} | ${l10n.t('99th percentile')} | ${l10n.t('count')} |`,
    '|---|---:|---:|---:|',
    ...findings.timings.map(
      ({ work, p50, p99, count }) => `| ${work} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${count} |`,
    ),
  ];
}

function versions({ versions: found, selfTest: test }: Findings, l10n: Localiser): string[] {
  const rows: [string, string][] = [
    ['Planwright', found.planwright],
    [l10n.t('Editor'), found.editor],
    [l10n.t('Node of the extension'), found.node],
    [l10n.t('System'), found.system],
  ];
  if (test.kind === 'passed') {
    rows.push(
      [l10n.t('Node of the engine'), test.reply.versions.node],
      ['onnxruntime', test.reply.versions.onnxruntime],
    );
  }
  return [
    '',
    `## ${l10n.t('Versions')}`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
  ];
}
