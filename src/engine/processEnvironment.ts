/** Variables of the editor's own process that must not reach the engine: a debugger's and its module loaders. */
const NOT_PASSED_ON = ['NODE_OPTIONS', 'VSCODE_INSPECTOR_OPTIONS', 'ELECTRON_NO_ASAR', 'NODE_CHANNEL_FD'];

/** The environment of the engine's processes. */
export function processEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  for (const name of NOT_PASSED_ON) Reflect.deleteProperty(environment, name);
  // The editor's program is Electron, which this makes a Node; a Node takes no notice.
  environment.ELECTRON_RUN_AS_NODE = '1';
  // Read by onnxruntime's library when it is loaded; from 1.29 on it would report usage.
  environment.ORT_DISABLE_TELEMETRY = '1';
  return environment;
}
