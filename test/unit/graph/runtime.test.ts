import { describe, expect, it } from 'vitest';
import { floats, GraphBuilder, OnnxRuntime, ops, tensor } from '../../../src/graph';

describe('a session', () => {
  it('computes softmax(x @ w) with a weight given as external data', async () => {
    const builder = new GraphBuilder('example');
    const x = builder.input('x', 'float32', ['T', 64]);
    const w = builder.weight('w', 'float32', [64, 8]);
    builder.output('p', ops.softmax(ops.matmul(x, w)));
    const runtime = OnnxRuntime.open('cpu');
    const session = await runtime.createSession(builder.build(), {
      weights: new Map([['w', new Float32Array(64 * 8).map((_, i) => (i % 8 === 3 ? 1 : 0))]]),
      threads: 1,
    });
    const outputs = await session.run({ x: tensor('float32', new Float32Array(2 * 64).fill(1 / 64), [2, 64]) });
    const p = floats(outputs, 'p');
    expect(outputs.get('p')?.dims).toEqual([2, 8]);
    expect(p[3]).toBeCloseTo(Math.E / (Math.E + 7), 6);
    expect(p[8]).toBeCloseTo(1 / (Math.E + 7), 6);
    await session.dispose();
  });
});
