import type { Dimension, Dtype, GraphView, Tensor } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { type Attribute, graphsOfAttribute } from "./attribute.ts";
import { type Constant, constantFromTensor } from "./constant.ts";
import { assertEnclosed, assertReadable, Node } from "./node.ts";
import { topologicalOrder } from "./order.ts";
import { Value } from "./value.ts";

export interface NodeOptions {
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Names of the outputs, or how many to name freshly. An empty name is an omitted output. Default 1. */
  readonly outputs?: number | readonly string[];
}

/** A graph whose producer and consumer links are always right: only its own methods change them. */
export class Graph implements GraphView {
  name: string;
  origin: unknown;
  /** @internal */ _parent: Node | undefined;
  readonly #values = new Map<string, Value>();
  readonly #nodes = new Map<string, Node>();
  readonly #inputs: Value[] = [];
  readonly #outputs: Value[] = [];
  #order: readonly Node[] | undefined;
  /** The graph this one sees from within a node's attribute. */
  readonly enclosing: Graph | undefined;
  /** Names of the whole model, each with the next suffix to try. */
  readonly #taken: { readonly values: Map<string, number>; readonly nodes: Map<string, number> };

  /** `enclosing` is the graph whose node will hold this one as an attribute. */
  constructor(name: string, enclosing?: Graph) {
    this.name = name;
    this.enclosing = enclosing;
    this.#taken = enclosing ? enclosing.#taken : { values: new Map(), nodes: new Map() };
  }

  get inputs(): readonly Value[] {
    return this.#inputs;
  }

  get outputs(): readonly Value[] {
    return this.#outputs;
  }

  /** The node that holds this graph as an attribute. */
  get parent(): Node | undefined {
    return this._parent;
  }

  /** Topological order, stable. A snapshot: changing the graph while iterating is allowed. */
  get nodes(): readonly Node[] {
    this.#order ??= topologicalOrder([...this.#nodes.values()]);
    return this.#order;
  }

  /** Insertion order. */
  get unordered(): readonly Node[] {
    return [...this.#nodes.values()];
  }

  get values(): Iterable<Value> {
    return this.#values.values();
  }

  get initializers(): readonly Value[] {
    return [...this.#values.values()].filter((value) => value.content !== undefined);
  }

  value(name: string): Value | undefined {
    return this.#values.get(name);
  }

  node(name: string): Node | undefined {
    return this.#nodes.get(name);
  }

  /** Looks outward through the enclosing graphs, as ONNX scoping does. */
  resolve(name: string): Value | undefined {
    return this.#values.get(name) ?? this.enclosing?.resolve(name);
  }

  /** A name no value of the whole model has. */
  freshName(base: string): string {
    return takeName(this.#taken.values, base);
  }

  addInput(name: string, dtype?: Dtype, shape?: readonly Dimension[]): Value {
    const value = this.#values.get(name) ?? this.addValue(name);
    if (value._isInput || value._producer) throw broken(`Value ${name} cannot become an input: it is ${value._isInput ? "one" : "produced by a node"}.`);
    value.dtype ??= dtype;
    value.shape ??= shape;
    value._isInput = true;
    this.#inputs.push(value);
    return value;
  }

  /** An initializer stays a value of the graph; any other input goes, and must not be read. */
  removeInput(value: Value): void {
    const index = this.#inputs.indexOf(value);
    if (index < 0) return;
    if (!value._content && (value._uses.length > 0 || value.isOutput)) throw broken(`Input ${value.name} cannot be removed: it is still read.`);
    value._isInput = false;
    this.#inputs.splice(index, 1);
    if (!value._content) this.#values.delete(value.name);
  }

  addOutput(value: Value): void {
    this.setOutput(this.#outputs.length, value);
  }

  setOutput(index: number, value: Value): void {
    if (value.graph !== this) throw broken(`Value ${value.name} cannot be an output of graph ${this.name}: it is of another graph.`);
    if (index < 0 || index > this.#outputs.length) throw broken(`Graph ${this.name} has no output ${index}.`);
    const previous = this.#outputs[index];
    if (previous) previous._timesOutput -= 1;
    this.#outputs[index] = value;
    value._timesOutput += 1;
  }

  /** The value stays; the outputs after it move up. */
  removeOutput(index: number): void {
    const output = this.#outputs[index];
    if (!output) throw broken(`Graph ${this.name} has no output ${index}.`);
    output._timesOutput -= 1;
    this.#outputs.splice(index, 1);
  }

  /** An initializer; the name is made unique. */
  addConstant(name: string, content: Constant | Tensor): Value {
    const value = this.addValue(this.freshName(name));
    value.content = "bytes" in content ? content : constantFromTensor(content);
    return value;
  }

  /** A value that nothing produces yet. */
  addValue(name: string): Value {
    if (name === "" || this.#values.has(name)) {
      throw new QuantError("invalid-model", `Graph ${this.name} defines value "${name}" twice or without a name; every value needs a name of its own.`, {
        details: { value: name },
      });
    }
    const namesake = this.enclosing?.resolve(name);
    if (namesake?._uses.some((use) => this.#surrounds(use.node.graph))) {
      throw broken(`Graph ${this.name} cannot define ${name}: its nodes read the value of that name from outside.`);
    }
    const value = new Value(this, name);
    this.#values.set(name, value);
    reserve(this.#taken.values, name);
    return value;
  }

  addNode(op: string, inputs: readonly (Value | undefined)[], options: NodeOptions = {}): Node {
    const { domain = "", attributes = {}, outputs = 1 } = options;
    const existing = typeof outputs === "number" ? [] : outputs.flatMap((output) => this.#values.get(output) ?? []);
    // All refusals come before the first change.
    for (const input of inputs) if (input) assertReadable(this, input);
    for (const attribute of Object.values(attributes)) for (const inner of graphsOfAttribute(attribute)) assertEnclosed(inner, this);
    for (const output of existing) this.#assertProducible(output);
    const node = new Node(this, takeName(this.#taken.nodes, options.name || op), op, domain);
    this.#nodes.set(node.name, node);
    node.setInputs(inputs);
    for (const [key, attribute] of Object.entries(attributes)) node.setAttribute(key, attribute);
    const names = typeof outputs === "number" ? Array.from({ length: outputs }, () => this.freshName(`${node.name}_out`)) : outputs;
    names.forEach((output, index) => {
      this.setProducer(output === "" ? undefined : (this.#values.get(output) ?? this.addValue(output)), node, index);
    });
    this._changed();
    return node;
  }

  /** Makes `value` output `index` of `node`; a previous producer loses it. */
  setProducer(value: Value | undefined, node: Node, index: number): void {
    if (value) this.#assertProducible(value);
    if (node.graph !== this) throw broken(`Node ${node.name} cannot produce a value of graph ${this.name}: it is of another graph.`);
    const previous = node._outputs[index];
    if (previous && previous !== value) previous._producer = undefined;
    while (node._outputs.length <= index) node._outputs.push(undefined);
    node._outputs[index] = value;
    if (value) {
      if (value._producer && (value._producer !== node || value._output !== index)) value._producer._outputs[value._output] = undefined;
      value._producer = node;
      value._output = index;
    }
    this._changed();
  }

  /** Drops the outputs of `node` from `count` on, which nobody may read. An omitted output in between still counts as one. */
  truncateOutputs(node: Node, count: number): void {
    for (const output of this.#unused(node, count)) this.#values.delete(output.name);
    node._outputs.length = Math.min(node._outputs.length, count);
    this._changed();
  }

  /** Removes a node nobody reads from; its outputs go with it. Values that are graph outputs must have moved to another producer. */
  removeNode(node: Node): void {
    for (const output of this.#unused(node, 0)) this.#values.delete(output.name);
    node._detach();
    this.#nodes.delete(node.name);
    this._changed();
  }

  /** Removes a value that nothing produces or reads, such as an initializer that lost its last reader. */
  removeValue(value: Value): void {
    if (value._producer || value._uses.length > 0 || value.isOutput || value.isInput) {
      throw broken(`Value ${value.name} cannot be removed: it is still linked.`);
    }
    this.#values.delete(value.name);
  }

  /** Renames a value; consumers follow, for they hold the value and not its name. */
  rename(value: Value, name: string): void {
    if (name === value.name) return;
    const isTaken = this.resolve(name) ?? value._uses.find((use) => use.node.graph.resolve(name));
    if (name === "" || isTaken) throw broken(`Value ${value.name} cannot be renamed to "${name}": that name is taken.`);
    this.#values.delete(value.name);
    value._name = name;
    this.#values.set(name, value);
    reserve(this.#taken.values, name);
  }

  #assertProducible(value: Value): void {
    if (value.graph === this && !value._isInput && !value._content) return;
    throw broken(`Value ${value.name} cannot be produced in graph ${this.name}: it is an input, an initializer, or of another graph.`);
  }

  #surrounds(inner: Graph | undefined): boolean {
    return inner === this || (inner !== undefined && this.#surrounds(inner.enclosing));
  }

  /** The outputs of a node from an index on. @throws `internal` when one is read. */
  #unused(node: Node, from: number): readonly Value[] {
    const outputs = node._outputs.slice(from).filter((output) => output !== undefined);
    const used = outputs.find((output) => output._uses.length > 0 || output.isOutput);
    if (used) throw broken(`Node ${node.name} cannot lose its output ${used.name}, which is still read.`);
    return outputs;
  }

  /** @internal */
  _changed(): void {
    this.#order = undefined;
    this.enclosing?._changed();
  }
}

function broken(message: string): QuantError {
  return new QuantError("internal", message);
}

function reserve(taken: Map<string, number>, name: string): void {
  if (!taken.has(name)) taken.set(name, 1);
}

function takeName(taken: Map<string, number>, base: string): string {
  let name = base;
  for (let suffix = taken.get(base) ?? 1; taken.has(name); suffix++) {
    name = `${base}_${suffix}`;
    taken.set(base, suffix + 1);
  }
  taken.set(name, 1);
  return name;
}
