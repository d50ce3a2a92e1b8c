import type { Branch, Branches, BranchToken } from '../model/kvCache';
import type { PlannerLM } from '../model/plannerLm';
import { checkpoint } from './cancellation';
import { guide } from './guidance';
import type { LmContext } from './lmContext';
import { obedienceOf } from './obedience';
import type { Pinning } from './pinning';
import type { RandomSource, Sampling } from './sampling';
import type { SteeredToken, Writer } from './writer';
import type { WritingPlan } from './writingPlan';

export interface CandidatesRequest {
  readonly model: PlannerLM;
  readonly context: LmContext;
  readonly plan: WritingPlan;
  readonly pinning: Pinning;
  readonly sampling: Sampling;
  readonly random: RandomSource;
  readonly maxTokens: number;
  readonly signal: AbortSignal | undefined;
  /** Whether a text could be shown at all. */
  readonly acceptable: (text: string) => boolean;
  /** Called when the first token is known, and perhaps again. */
  readonly onFirst: () => void;
}

/** Once all but this share of the candidates have ended, the rest are left: the longest sentence would keep the writer waiting. */
const LEFT_BEHIND = 0.25;

/** A candidate: its writer, and the LM's branch under the pin and, for guidance, under the plan alone. */
interface Lane {
  readonly writer: Writer;
  readonly sampling: Sampling;
  readonly steered: Branch;
  readonly free: Branch | undefined;
  logits: { own: Float32Array; guided: Float32Array };
}

/**
 * Writes the open unit, to which a label is pinned, several times side by side, and keeps the one that obeys best by the encoder; the first that carries the label ends it. (A
 * label alone colours the LM's text but seldom decides it; what the encoder says of the finished sentence is what the writer will be told.)
 * @param start where to begin; left as it is
 * @throws {CancelledError} within one token
 */
export async function writePinnedUnit(request: CandidatesRequest, start: Writer, label: number): Promise<Writer> {
  const { model, plan, signal, onFirst, random } = request;
  const { unit } = start;
  // Units before it bear on its label only where embeddings are taken relative to their document.
  const judgedFrom = model.config.labels.centering === 'document' ? 0 : unit;
  const tree = await openTree(request, start);
  let lanes = tree.lanes;
  let best: { writer: Writer; excess: number } | undefined;
  const enough = Math.floor(lanes.length * LEFT_BEHIND);
  while (lanes.length > 0) {
    const going: Lane[] = [];
    for (const lane of lanes) {
      const { writer } = lane;
      writer.takeUp();
      writer.write(lane.logits, lane.sampling, random);
      onFirst();
      if (writer.ended === undefined && writer.unit === unit) {
        going.push(lane);
        continue;
      }
      // What no one would be shown wins only where there is nothing else, so that the reason for silence is told.
      const excess =
        writer.broken(unit) || !request.acceptable(writer.text)
          ? Infinity
          : obedienceOf(model, await plan.embed(judgedFrom, unit + 1, signal), label).excess;
      if (best === undefined || excess < best.excess) best = { writer, excess };
      if (excess === 0) break;
    }
    if (best?.excess === 0 || (best !== undefined && best.excess < Infinity && going.length <= enough)) break;
    lanes = going;
    if (lanes.length > 0) await tree.read(lanes);
  }
  best!.writer.takeUp();
  return best!.writer;
}

async function openTree(
  request: CandidatesRequest,
  start: Writer,
): Promise<{ lanes: Lane[]; read: (lanes: readonly Lane[]) => Promise<void> }> {
  const { model, context, pinning, sampling, signal } = request;
  const { candidates, strength, temperature } = pinning;
  const guided = strength !== 1;
  const input = await start.caughtUp();
  const last = input.at(-1)!;
  // Not always those of the last token: where the unit begins within the token that is to be spelt again, that one was read before it.
  const conditions = await start.conditions();
  // The last token is read again on the branches: it carries the plan of the unit to come, and that differs between them.
  const branches: Branches = model.branch(
    await context.hold(input.slice(0, -1), signal),
    candidates * (guided ? 2 : 1) * (request.maxTokens + 1),
  );
  const read = async (tokens: readonly BranchToken[]): Promise<Float32Array[]> => {
    await checkpoint(signal);
    return branches.extend(tokens);
  };
  const steered = branches.fork();
  const free = guided ? branches.fork() : undefined;
  const combine = (own: Float32Array, other: Float32Array | undefined): Lane['logits'] => ({
    own,
    guided: other === undefined ? own : guide(other, own, strength),
  });
  const [own, other] = await read(tokensOf(last, steered, free));
  const logits = combine(own!, other);
  const lanes = Array.from({ length: candidates }, (_, i): Lane => ({
    writer: start.fork(),
    sampling: i === 0 ? sampling : { ...sampling, temperature },
    steered: branches.fork(steered),
    free: free && branches.fork(free),
    logits,
  }));
  return {
    lanes,
    read: async (going) => {
      const tokens: BranchToken[] = [];
      for (const lane of going) tokens.push(...tokensOf(lane.writer.readUnder(conditions), lane.steered, lane.free));
      const rows = await read(tokens);
      for (const [i, lane] of going.entries()) {
        lane.logits = guided ? combine(rows[2 * i]!, rows[2 * i + 1]) : combine(rows[i]!, undefined);
      }
    },
  };
}

/** A token as it is read under the pin and, for guidance, under the plan alone. */
function tokensOf(token: SteeredToken, steered: Branch, free: Branch | undefined): BranchToken[] {
  const tokens = [{ branch: steered, id: token.id, plan: token.plan.values }];
  if (free) tokens.push({ branch: free, id: token.id, plan: token.free.values });
  return tokens;
}
