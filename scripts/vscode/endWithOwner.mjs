// Preloaded into VS Code's server: when whoever started it is gone, however it ended, the server and all of its children end too.
// Forked children may preload this file as well; the pipe is the first process's only.
if (process.ppid === Number(process.env.PLANWRIGHT_OWNER)) {
  process.stdin.on('end', () => process.kill(0, 'SIGKILL')).resume();
}
