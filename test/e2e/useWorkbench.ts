import { afterAll, beforeAll, beforeEach, inject } from 'vitest';
import { Workbench, type WorkbenchOptions } from './workbench';

/**
 * One window, with the packed extension, for the tests of a file; a test that fails leaves a picture of it and the extension's log in .cache/e2e.
 */
export function useWorkbench(options: Omit<WorkbenchOptions, 'extensions'>): () => Workbench {
  let workbench: Workbench | undefined;
  const opened = (): Workbench => {
    if (workbench === undefined) throw new Error('The workbench is not open.');
    return workbench;
  };
  beforeAll(async () => {
    workbench = await Workbench.open({ ...options, extensions: inject('extensions') });
  });
  beforeEach(async ({ task, onTestFailed }) => {
    onTestFailed(() => opened().evidence(task.name));
    // Whatever a failed test left open.
    await opened().press('Escape', 'Escape');
  });
  afterAll(() => workbench?.close());
  return opened;
}
