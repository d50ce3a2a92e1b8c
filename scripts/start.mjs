// `npm start -- ARGUMENTS`: installs and builds where needed, then runs the command line in this process.
import { pathToFileURL } from 'node:url';
import { PROGRAM, ensureBuilt, ensureInstalled } from './setup.mjs';

ensureInstalled();
await ensureBuilt();
process.argv[1] = PROGRAM;
await import(pathToFileURL(PROGRAM).href);
