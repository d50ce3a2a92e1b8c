import { describe, expect, it } from 'vitest';
import { bytesOf, GraphBuilder, ops, packNBits, type TensorData } from '../../../src/graph';
import { toOnnx } from '../../../src/graph/onnx';
import { noise } from './support';

/** A protobuf message as its fields in order: number, and an integer or bytes. Written anew here, to check the writer against the wire format. */
function fields(bytes: Uint8Array): [number, number | Uint8Array][] {
  const result: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, wire] = [key >> 3, key & 7];
    if (wire === 0) result.push([field, varint()]);
    else if (wire === 5)
      result.push([field, new DataView(bytes.buffer, bytes.byteOffset + (at += 4) - 4).getFloat32(0, true)]);
    else if (wire === 2) {
      const length = varint();
      result.push([field, bytes.subarray(at, (at += length))]);
    } else throw new Error(`wire type ${wire}`);
  }
  return result;
}

const all = (bytes: Uint8Array, field: number) => fields(bytes).flatMap(([n, value]) => (n === field ? [value] : []));
const messages = (bytes: Uint8Array, field: number) => all(bytes, field) as Uint8Array[];
const text = (bytes: Uint8Array, field: number) => messages(bytes, field).map((part) => new TextDecoder().decode(part));

function written(build: (builder: GraphBuilder) => void, weights: ReadonlyMap<string, TensorData> = new Map()) {
  const builder = new GraphBuilder('written');
  build(builder);
  const model = toOnnx(builder.build(), weights);
  return { model, graph: messages(model.bytes, 7)[0]! };
}

describe('a graph as ONNX', () => {
  it('declares opset 21 and the contributed operations', () => {
    const { model, graph } = written((b) => {
      b.output('y', ops.exp(b.input('x', 'float32', [2])));
    });
    const opsets = messages(model.bytes, 8).map((set) => [text(set, 1)[0], all(set, 2)[0]]);
    expect(opsets).toEqual([
      ['', 21],
      ['com.microsoft', 1],
    ]);
    expect(all(model.bytes, 1)).toEqual([10]);
    expect(text(graph, 2)).toEqual(['written']);
  });

  it('writes sizes as numbers and as names, be they expressions, of what lies between too', () => {
    const { graph } = written((b) => {
      const x = b.input('x', 'float32', ['T', 4]);
      b.output('y', ops.exp(ops.concat([x, b.input('p', 'float32', ['P', 4])], 0)));
    });
    const dims = (value: Uint8Array): unknown[] => {
      const shape = messages(messages(messages(value, 2)[0]!, 1)[0]!, 2)[0]!;
      return messages(shape, 1).map((dim) => all(dim, 1)[0] ?? text(dim, 2)[0]);
    };
    expect(messages(graph, 11).map((input) => [text(input, 1)[0], dims(input)])).toEqual([
      ['x', ['T', 4]],
      ['p', ['P', 4]],
    ]);
    expect(messages(graph, 12).map((output) => [text(output, 1)[0], dims(output)])).toEqual([['y', ['P+T', 4]]]);
    // The one value that is neither fed nor an output.
    expect(messages(graph, 13).map(dims)).toEqual([['P+T', 4]]);
  });

  it('writes attributes by their type', () => {
    const { graph } = written((b) => {
      const x = b.input('x', 'float32', [2, 2]);
      const half = ops.cast(ops.transpose(ops.gemm(x, x, undefined, { alpha: 0.5 }), [1, 0]), 'float16');
      const at = b.constant('int64', BigInt64Array.of(0n, 0n), [1, 2]);
      b.output('y', ops.scatterElements(half, at, b.constant('float16', Uint16Array.of(0, 0), [1, 2]), 0, 'add'));
    });
    const attributes = (op: string): unknown[] => {
      const node = messages(graph, 1).find((candidate) => text(candidate, 4)[0] === op)!;
      return messages(node, 5).map((one) => [text(one, 1)[0], all(one, 20)[0], all(one, 2), all(one, 3), all(one, 8)]);
    };
    expect(attributes('Gemm')).toEqual([
      ['alpha', 1, [0.5], [], []],
      ['beta', 1, [1], [], []],
      ['transA', 2, [], [0], []],
      ['transB', 2, [], [0], []],
    ]);
    expect(attributes('Transpose')).toEqual([['perm', 7, [], [], [1, 0]]]);
    expect(attributes('Cast')).toEqual([['to', 2, [], [10], []]]);
    const scatter = messages(graph, 1).find((node) => text(node, 4)[0] === 'ScatterElements')!;
    expect(messages(scatter, 5).map((one) => text(one, 4)[0])).toEqual([undefined, 'add']);
  });

  it('puts small weights into the model and leaves large ones out', () => {
    const [small, large] = [noise(4), noise(4 * 512)];
    const weights = new Map([
      ['small', small],
      ['large', large],
    ]);
    const { model, graph } = written((b) => {
      const x = b.input('x', 'float32', ['T', 4]);
      b.output('y', ops.matmul(ops.mul(x, b.weight('small', 'float32', [4])), b.weight('large', 'float32', [4, 512])));
    }, weights);
    expect(model).toMatchObject({ external: ['large'], folder: undefined });
    const [inline, outside] = messages(graph, 5);
    expect([...messages(inline!, 9)[0]!]).toEqual([...bytesOf(small)]);
    expect(all(outside!, 1)).toEqual([4, 512]);
    expect(all(outside!, 14)).toEqual([1]);
    expect(messages(outside!, 13).map((entry) => [text(entry, 1)[0], text(entry, 2)[0]])).toEqual([
      ['location', 'large'],
      ['offset', '0'],
      ['length', '8192'],
    ]);
    expect(model.bytes.length).toBeLessThan(1000);
  });

  it('names the domain of contributed operations', () => {
    const { packed, scales } = packNBits(noise(64), 2, 32, 4);
    const { graph } = written((b) => {
      const x = b.input('x', 'float32', ['T', 32]);
      const operands = [b.constant('uint8', packed, [2, 1, 16]), b.constant('float32', scales, [2])] as const;
      b.output('y', ops.exp(ops.matMulNBits(x, ...operands, { bits: 4 })));
    });
    expect(messages(graph, 1).map((node) => [text(node, 4)[0], text(node, 7)[0]])).toEqual([
      ['MatMulNBits', 'com.microsoft'],
      ['Exp', ''],
    ]);
  });
});
