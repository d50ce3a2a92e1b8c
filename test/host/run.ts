import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const TEST_TIMEOUT_MS = 90_000;

/** Called by VS Code in the extension host. The report is the proof that the tests ran: an exit code alone is none (see hostSuite.mjs). */
export async function run(): Promise<void> {
  const output = process.env.PLANWRIGHT_TEST_REPORT;
  if (output === undefined) throw new Error('PLANWRIGHT_TEST_REPORT does not say where the report goes.');
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    timeout: TEST_TIMEOUT_MS,
    reporter: 'json',
    reporterOptions: { output },
    forbidOnly: process.env.CI === 'true',
  });
  for (const file of readdirSync(__dirname).filter((name) => name.endsWith('.test.cjs'))) {
    mocha.addFile(join(__dirname, file));
  }
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}
