import { HIDDEN } from '../graph/nn';
import { HeadMajorCache, type Branch, type Branches, type BranchToken } from './kvCache';
import { slotsOf, type LanguageModel } from './lm';
import { visibleBefore } from './visibility';

/** A branch and the slots of the tree's cache that its own tokens lie in. */
class TreeBranch implements Branch {
  constructor(
    private readonly trunk: number,
    readonly slots: number[],
  ) {}

  get length(): number {
    return this.trunk + this.slots.length;
  }
}

/**
 * Branches in one cache: all their tokens lie in it one after another, and masks see to it that a token attends to its own ancestors only
 * (tree attention, as in SpecInfer, arXiv 2305.09781). Decoding on a CPU waits for the weights to come from memory; a step of eight branches
 * costs less than twice a step of one.
 */
export class TokenTree implements Branches {
  private readonly cache: HeadMajorCache;
  private readonly trunk: number;

  /** @param most tokens that all branches together may have */
  constructor(
    private readonly lm: LanguageModel,
    trunk: HeadMajorCache,
    most: number,
  ) {
    this.trunk = trunk.length;
    this.cache = new HeadMajorCache(lm.config, trunk.capacity + most);
    this.cache.copyFrom(trunk);
  }

  fork(from?: Branch): TreeBranch {
    return new TreeBranch(this.trunk, from === undefined ? [] : [...this.own(from).slots]);
  }

  /** @throws {RangeError} where a branch is at the LM's last position, or the tree is full */
  async extend(tokens: readonly BranchToken[]): Promise<Float32Array[]> {
    const branches = tokens.map(({ branch }) => this.own(branch));
    for (const { length } of branches) {
      if (length >= this.lm.config.maxPositions) throw new RangeError(`A branch is full: it has ${length} tokens.`);
    }
    if (new Set(branches).size < branches.length) throw new RangeError('A branch can have but one token in a step.');
    const count = tokens.length;
    this.cache.assertRoom(count);
    const plan = new Float32Array(count * this.lm.planWidth);
    for (const [i, token] of tokens.entries()) plan.set(token.plan, i * this.lm.planWidth);
    const columns = slotsOf(this.cache);
    const cached = visibleBefore(count, columns, () => this.trunk);
    const own = new Float32Array(count * count).fill(HIDDEN);
    for (const [i, { slots }] of branches.entries()) {
      for (const slot of slots) cached[i * columns + slot] = 0;
      own[i * count + i] = 0;
    }
    const first = this.cache.length;
    const ids = tokens.map(({ id }) => id);
    const positions = branches.map(({ length }) => length);
    const logits = await this.lm.extendTree(this.cache, ids, plan, positions, { own, cached });
    const size = logits.length / count;
    for (const [i, { slots }] of branches.entries()) slots.push(first + i);
    return branches.map((_, i) => logits.subarray(i * size, (i + 1) * size));
  }

  private own(branch: Branch): TreeBranch {
    if (!(branch instanceof TreeBranch)) throw new TypeError('The branch is not one of this tree.');
    return branch;
  }
}
