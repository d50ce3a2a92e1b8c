import { createRequire } from 'node:module';

/** Version of the onnxruntime-node that a program finds; 'unknown' where there is none. It is not loaded. */
export function onnxruntimeVersion(program: string | URL): string {
  try {
    const { version } = createRequire(program)('onnxruntime-node/package.json') as { readonly version: string };
    return version;
  } catch {
    return 'unknown';
  }
}
