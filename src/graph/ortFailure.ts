/**
 * What a failure of onnxruntime says, in one line without the C++ function that noticed it:
 * `/onnxruntime_src/…/context.cc:65 void f(…) status == ok was false. No supported adapters` → `No supported adapters.`
 */
export function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const plain = text.replace(/\/onnxruntime_src\/\S+:\d+ .*? was false\.\s*/gs, '').replace(/\s+/g, ' ');
  const reason = (plain.trim() || text.trim()).replace(/\.$/, '');
  return `${reason}.`;
}
