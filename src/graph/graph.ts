import type { Attributes, GraphNode, Op } from './node';
import {
  dataFrom,
  describe,
  GraphError,
  type DataOf,
  type Dim,
  type DType,
  type Shape,
  type TensorData,
} from './types';

/** Name, element type and shape of a value, as plain data. */
export interface ValueInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A value while its graph is being built. */
export interface Value extends ValueInfo {
  readonly builder: GraphBuilder;
}

/** A small tensor that is part of the graph. */
export interface GraphConstant extends ValueInfo {
  readonly data: TensorData;
}

/** A finished graph as plain data. Nodes stand in an order in which they can be computed. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  /** Tensors whose data is given when a session is created. Their shapes are numbers only. */
  readonly weights: readonly ValueInfo[];
  readonly constants: readonly GraphConstant[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly ValueInfo[];
  /** Every value by name. */
  readonly values: ReadonlyMap<string, ValueInfo>;
}

/** Collects the nodes of a graph. Operations are functions of values (see ops); they find the builder in their operands. */
export class GraphBuilder {
  private readonly inputs: ValueInfo[] = [];
  private readonly weights: ValueInfo[] = [];
  private readonly constants: GraphConstant[] = [];
  private readonly nodes: GraphNode[] = [];
  private readonly outputs: ValueInfo[] = [];
  private readonly values = new Map<string, ValueInfo>();
  private readonly producers = new Map<string, GraphNode>();
  private readonly shared = new Map<string, Value>();
  private count = 0;

  constructor(readonly name: string) {}

  /** A tensor fed at every run. */
  input(name: string, dtype: DType, shape: Shape): Value {
    const value = this.register(name, dtype, shape);
    this.inputs.push(infoOf(value));
    return value;
  }

  /** A tensor given once, when a session is created. The same name again returns the same value. */
  weight(name: string, dtype: DType, shape: readonly number[]): Value {
    const known = this.weights.find((weight) => weight.name === name);
    if (known !== undefined) {
      const wanted = { dtype, shape };
      if (describe(known) !== describe(wanted)) {
        throw new GraphError(`Weight ${name} is ${describe(known)} and cannot also be ${describe(wanted)}.`);
      }
      return { ...known, builder: this };
    }
    const value = this.register(name, dtype, shape);
    this.weights.push(infoOf(value));
    return value;
  }

  /** A tensor that is part of the graph; meant for small ones. */
  constant<D extends DType>(dtype: D, data: DataOf[D], shape: readonly number[]): Value {
    const size = shape.reduce((product, dim) => product * dim, 1);
    if (data.length !== size)
      throw new GraphError(`A constant [${shape.join(', ')}] needs ${size} values, not ${data.length}.`);
    const value = this.register(this.fresh('constant'), dtype, shape);
    this.constants.push({ ...infoOf(value), data });
    return value;
  }

  /** A scalar, shared by all that ask for the same one. */
  scalar(dtype: Exclude<DType, 'float16'>, number: number): Value {
    return this.once(`${dtype} ${number}`, () => this.constant(dtype, dataFrom(dtype, [number]), []));
  }

  /** A list of integers [n] such as axes, shared by all that ask for the same one. */
  integers(values: readonly number[]): Value {
    return this.once(`int64 [${values.join()}]`, () =>
      this.constant('int64', dataFrom('int64', values), [values.length]),
    );
  }

  /** Ones as float32 [size], shared by all that ask for as many. */
  ones(size: Dim): Value {
    if (typeof size !== 'number') throw new GraphError(`Ones need a size that is known, not ${size}.`);
    return this.once(`float32 ones ${size}`, () => this.constant('float32', new Float32Array(size).fill(1), [size]));
  }

  /** Makes a value an output under a name of its own. */
  output(name: string, value: Value): void {
    const result = this.register(name, value.dtype, value.shape);
    this.append({ op: 'Identity', inputs: [value.name], outputs: [name], attributes: {} });
    this.outputs.push(infoOf(result));
  }

  /**
   * Adds an operation whose operands are checked already; for the functions of ops.
   * @returns one value per entry of `results`
   */
  node<O extends Op>(
    op: O,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes[O],
    results: readonly { readonly dtype: DType; readonly shape: Shape }[],
  ): Value[] {
    for (const input of inputs) {
      if (input !== undefined && input.builder !== this)
        throw new GraphError(`${op}: ${input.name} belongs to another graph.`);
    }
    const outputs = results.map(({ dtype, shape }) => this.register(this.fresh(op), dtype, shape));
    // One member of the union of nodes, which the compiler cannot see through the type parameter.
    this.append({
      op,
      inputs: inputs.map((input) => input?.name ?? ''),
      outputs: outputs.map((output) => output.name),
      attributes,
    } as unknown as GraphNode);
    return outputs;
  }

  /** The operations so far, in an order in which they can be computed. */
  get operations(): readonly GraphNode[] {
    return this.nodes;
  }

  /** @throws {GraphError} where there is no value of that name */
  value(name: string): Value {
    const info = this.values.get(name);
    if (info === undefined) throw new GraphError(`Graph ${this.name} has no value named ${name}.`);
    return { ...info, builder: this };
  }

  /** The operation that a value comes from; undefined for inputs, weights and constants. */
  producerOf({ name }: ValueInfo): GraphNode | undefined {
    return this.producers.get(name);
  }

  /** The data of a value that is a constant. */
  dataOf({ name }: ValueInfo): TensorData | undefined {
    return this.constants.find((constant) => constant.name === name)?.data;
  }

  /**
   * The graph so far, without operations that no output depends on: run-times would compute them.
   * @throws {GraphError} where the graph has no output
   */
  build(): Graph {
    if (this.outputs.length === 0) throw new GraphError(`Graph ${this.name} has no output.`);
    const used = new Set(this.outputs.map((output) => output.name));
    const nodes = this.nodes.toReversed().filter((node) => {
      if (!node.outputs.some((name) => used.has(name))) return false;
      for (const name of node.inputs) used.add(name);
      return true;
    });
    return {
      name: this.name,
      inputs: [...this.inputs],
      weights: [...this.weights],
      constants: this.constants.filter((constant) => used.has(constant.name)),
      nodes: nodes.reverse(),
      outputs: [...this.outputs],
      values: new Map(this.values),
    };
  }

  private append(node: GraphNode): void {
    this.nodes.push(node);
    for (const name of node.outputs) this.producers.set(name, node);
  }

  /** The value that was made under this key, or the one that `make` gives. */
  once(key: string, make: () => Value): Value {
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const value = make();
    this.shared.set(key, value);
    return value;
  }

  private fresh(stem: string): string {
    let name: string;
    do name = `${stem}_${this.count++}`;
    while (this.values.has(name));
    return name;
  }

  private register(name: string, dtype: DType, shape: Shape): Value {
    if (name === '') throw new GraphError('A value needs a name.');
    if (this.values.has(name)) throw new GraphError(`Graph ${this.name} has two values named ${name}.`);
    const bad = shape.find((dim) => (typeof dim === 'number' ? !Number.isInteger(dim) || dim < 0 : dim === ''));
    if (bad !== undefined)
      throw new GraphError(`${name}: ${JSON.stringify(bad)} is no size, in [${shape.join(', ')}].`);
    const value: Value = { name, dtype, shape: [...shape], builder: this };
    this.values.set(name, infoOf(value));
    return value;
  }
}

function infoOf({ name, dtype, shape }: ValueInfo): ValueInfo {
  return { name, dtype, shape };
}
