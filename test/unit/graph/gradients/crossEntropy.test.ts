import { describe, expect, it } from 'vitest';
import { gradients, GraphBuilder, nn, ops, tensor } from '../../../../src/graph';
import { distance, floatTensor, noise } from '../support';
import { checkGradient, evaluated } from './support';

const [rows, classes] = [4, 5];
const logits = floatTensor(
  noise(rows * classes, 3).map((value) => 3 * value),
  [rows, classes],
);
const targets = tensor('int32', Int32Array.of(0, 4, 2, 2), [rows]);

/** −log softmax in double precision. */
function expected(): number[] {
  return Array.from(targets.data, (target, row) => {
    const scores = Array.from(logits.data.subarray(row * classes, (row + 1) * classes) as Float32Array);
    return Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - scores[target]!;
  });
}

describe('negativeLogLikelihood', () => {
  it('per row, and its gradient', async () => {
    const got = await evaluated({ logits, targets }, (x) => ({ nll: nn.negativeLogLikelihood(x.logits!, x.targets!) }));
    expect(distance(got.nll!, expected())).toBeLessThan(2e-6);
    await checkGradient({ logits, targets }, (x) => nn.negativeLogLikelihood(x.logits!, x.targets!));
    const long = tensor('int64', BigInt64Array.of(0n, 4n, 2n, 2n), [rows]);
    await checkGradient({ logits, long }, (x) => nn.negativeLogLikelihood(x.logits!, x.long!));
  });

  it('is exact for scores far apart and large', async () => {
    const feeds = {
      logits: floatTensor([1e4, 0, 1e4 + 200, 1e4, 3, 3], [3, 2]),
      targets: tensor('int32', Int32Array.of(1, 1, 0), [3]),
    };
    const got = await evaluated(feeds, (x) => {
      const nll = nn.negativeLogLikelihood(x.logits!, x.targets!);
      return { nll, g: gradients(ops.reduceSum(nll, [0], false), [x.logits!])[0]! };
    });
    expect(Array.from(got.nll!)).toEqual([1e4, 200, Math.fround(Math.log(2))]);
    expect(Array.from(got.g!)).toEqual([1, -1, 1, -1, -0.5, 0.5]);
  });

  it('keeps one value of the size of the logits', () => {
    const builder = new GraphBuilder('size');
    const scores = builder.input('scores', 'float32', [rows, classes]);
    const nll = nn.negativeLogLikelihood(scores, builder.input('targets', 'int32', [rows]));
    builder.output('g', gradients(ops.reduceSum(nll, [0], false), [scores])[0]!);
    const { nodes, values } = builder.build();
    const large = nodes.filter((node) => values.get(node.outputs[0]!)!.shape.join() === `${rows},${classes}`);
    expect(large.map((node) => node.op)).toEqual(['Softmax', 'Mul', 'ScatterElements', 'Identity']);
  });

  it('refuses shapes that do not fit', () => {
    const builder = new GraphBuilder('errors');
    const scores = builder.input('scores', 'float32', ['N', 5]);
    const wrong = builder.input('wrong', 'int32', ['N']);
    expect(() => nn.negativeLogLikelihood(scores, wrong)).toThrow('CrossEntropy(float32 [N, 5], int32 [N]): needs');
  });
});

describe('crossEntropy', () => {
  it('is the weighted mean', async () => {
    const shares = [1, 0, 2, 0.5];
    const weights = floatTensor(shares, [rows]);
    const got = await evaluated({ logits, targets, weights }, (x) => ({
      loss: nn.crossEntropy(x.logits!, x.targets!, x.weights!),
    }));
    const wanted = expected().reduce((sum, nll, row) => sum + nll * shares[row]!, 0) / 3.5;
    expect(Math.abs(got.loss![0]! - wanted)).toBeLessThan(1e-6);
    await checkGradient({ logits, targets, weights }, (x) => nn.crossEntropy(x.logits!, x.targets!, x.weights!));
  });

  it('is 0 where nothing counts, and so is its gradient', async () => {
    const weights = floatTensor([0, 0, 0, 0], [rows]);
    const got = await evaluated({ logits, targets, weights }, (x) => {
      const loss = nn.crossEntropy(x.logits!, x.targets!, x.weights!);
      return { loss, g: gradients(loss, [x.logits!])[0]! };
    });
    expect(got.loss![0]).toBe(0);
    expect(got.g!.every((value) => value === 0)).toBe(true);
  });
});
