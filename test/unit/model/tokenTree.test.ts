import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Branch, KVCache } from '../../../src/model/kvCache';
import { openModel } from '../../../src/model/openModel';
import type { PlannerLM } from '../../../src/model/plannerLm';
import { numbersFrom } from '../text/laws';
import { TINY_FOLDER } from '../support/toyModel';

let model: PlannerLM;
let width: number;
beforeAll(async () => {
  model = await openModel(TINY_FOLDER, { device: 'cpu' });
  width = (await model.planVectors(new Float32Array(model.labels.count))).length;
});
afterAll(() => model.close());

const random = numbersFrom(4);
const planOf = (): Float32Array => Float32Array.from({ length: width }, () => random(1000) / 1000 - 0.5);
const draw = (): number => random(model.tokenizer.vocabSize);

async function trunkOf(tokens: readonly number[], plans: readonly Float32Array[]): Promise<KVCache> {
  const cache = model.createCache();
  for (const [i, token] of tokens.entries()) await model.extend(cache, [token], plans[i]!, 'last');
  return cache;
}

describe('branches', () => {
  it.each([0, 1, 9])('behind %i tokens compute what each would compute alone', async (length) => {
    const tokens = Array.from({ length }, draw);
    const plans = tokens.map(planOf);
    const trunk = await trunkOf(tokens, plans);
    const tree = model.branch(trunk, 40);
    const lines: { branch: Branch; tokens: number[]; plans: Float32Array[] }[] = [
      { branch: tree.fork(), tokens: [...tokens], plans: [...plans] },
    ];
    for (let step = 0; step < 8; step++) {
      const from = lines[random(lines.length)]!;
      if (step % 2 === 1) {
        lines.push({ branch: tree.fork(from.branch), tokens: [...from.tokens], plans: [...from.plans] });
      }
      const grown = lines.filter(() => random(4) > 0);
      if (grown.length === 0) continue;
      const added = grown.map((line) => {
        line.tokens.push(draw());
        line.plans.push(planOf());
        return { branch: line.branch, id: line.tokens.at(-1)!, plan: line.plans.at(-1)! };
      });
      const rows = await tree.extend(added);
      for (const [i, line] of grown.entries()) {
        const alone = await model.extend(
          model.createCache(),
          line.tokens,
          Float32Array.from(line.plans.flatMap((plan) => [...plan])),
          'last',
        );
        expect(Math.max(...alone.map((logit, v) => Math.abs(logit - rows[i]![v]!)))).toBeLessThan(1e-4);
        expect(line.branch.length).toBe(line.tokens.length);
      }
    }
    expect(trunk.length).toBe(length);
  });

  it('refuse a token too many, two tokens for one branch, and branches of another tree', async () => {
    const trunk = await trunkOf([1], [new Float32Array(width)]);
    const tree = model.branch(trunk, 1);
    const branch = tree.fork();
    const token = { branch, id: 2, plan: new Float32Array(width) };
    await expect(tree.extend([token, token])).rejects.toThrow(RangeError);
    await expect(tree.extend([{ ...token, branch: { length: 1 } }])).rejects.toThrow(TypeError);
    for (let i = trunk.length; i < trunk.capacity; i++) await model.extend(trunk, [3], new Float32Array(width), 'last');
    const full = model.branch(trunk, 1);
    await expect(full.extend([{ ...token, branch: full.fork() }])).rejects.toThrow(RangeError);
  });
});
