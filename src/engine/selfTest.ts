import { DocumentSession } from '../writing/session';
import { tokenMilliseconds } from './decodingSpeed';
import type { HeldModel } from './modelHolder';
import { onnxruntimeVersion } from './onnxruntimeVersion';
import type { MemoryInfo, SelfTestReply } from './protocol';

/** A text of our own: a self-test never reads what the user writes. */
const PROMPT = '# A short note\n\nThis is the first sentence of a short note. The second one follows';
const TOKENS = 32;

/**
 * Makes a plan and a completion of a fixed text, and measures both. The same model gives the same text on the same device.
 * @param memory measured after the test
 */
export async function selfTest(
  { model, info }: HeldModel,
  memory: () => MemoryInfo,
  signal: AbortSignal,
): Promise<SelfTestReply> {
  const session = new DocumentSession(model, PROMPT);
  const began = performance.now();
  await session.plan({ signal });
  const planned = performance.now() - began;
  const { completions, milliseconds } = await session.complete(PROMPT.length, {
    maxTokens: TOKENS,
    stop: 'paragraph',
    signal,
  });
  const [completion] = completions;
  const first = milliseconds.first ?? milliseconds.total;
  return {
    info,
    prompt: PROMPT,
    completion: completion?.text ?? '',
    milliseconds: { plan: Math.round(planned), first: Math.round(first), total: Math.round(milliseconds.total) },
    tokensPerSecond: Math.round(1000 / (await tokenMilliseconds(model))),
    memory: memory(),
    versions: { node: process.versions.node, onnxruntime: onnxruntimeVersion(import.meta.url) },
  };
}
