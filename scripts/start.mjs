// `npm start`: installs and builds where needed, then opens VS Code with the extension. With arguments, `npm start -- ARGUMENTS`, it runs the
// command line in this process instead.
import { pathToFileURL } from 'node:url';
import { PROGRAM, ensureBuilt, ensureInstalled } from './setup.mjs';

ensureInstalled();
await ensureBuilt();
if (process.argv.length > 2) {
  process.argv[1] = PROGRAM;
  await import(pathToFileURL(PROGRAM).href);
} else {
  const { openEditor } = await import('./vscode/open.mjs');
  await openEditor();
}
