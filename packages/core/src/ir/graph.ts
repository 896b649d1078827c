import type { AttributeView, Dimension, Dtype, GraphView, NodeView, Tensor, ValueView } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import type { Attribute } from "./attribute.ts";
import { graphsOfAttribute, toSafeInteger, viewOfAttribute } from "./attribute.ts";
import { type Constant, constantFromTensor } from "./constant.ts";
import { topologicalOrder } from "./order.ts";

export interface Use {
  readonly node: Node;
  readonly input: number;
}

/** A tensor of the graph: an input, an initializer, or the output of a node. Links are kept by Node and Graph. */
export class Value implements ValueView {
  readonly graph: Graph;
  dtype: Dtype | undefined;
  shape: readonly Dimension[] | undefined;
  /** What the codec must write back and nobody else reads. */
  origin: unknown;
  /** @internal */ _name: string;
  /** @internal */ _producer: Node | undefined;
  /** @internal */ _output = 0;
  /** @internal */ readonly _uses: Use[] = [];
  /** @internal */ _content: Constant | undefined;

  /** @internal */
  constructor(graph: Graph, name: string) {
    this.graph = graph;
    this._name = name;
  }

  get name(): string {
    return this._name;
  }

  get producer(): Node | undefined {
    return this._producer;
  }

  get consumers(): readonly Use[] {
    return this._uses;
  }

  get constant(): Tensor | undefined {
    return this._content?.tensor();
  }

  /** The initializer's content, undecoded. */
  get content(): Constant | undefined {
    return this._content;
  }

  /** Makes the value an initializer with other content; dtype and shape follow. */
  set content(content: Constant | undefined) {
    if (content && this._producer) throw new QuantError("internal", `Value ${this._name} is produced by ${this._producer.name} and cannot be an initializer.`);
    this._content = content;
    if (content) {
      this.dtype = content.dtype;
      this.shape = content.shape;
    }
  }

  get isInput(): boolean {
    return this.graph.inputs.includes(this);
  }

  get isOutput(): boolean {
    return this.graph.outputs.includes(this);
  }

  /** Every node that reads this value reads `other` instead; graph outputs stay. */
  replaceUses(other: Value, where: (use: Use) => boolean = () => true): void {
    for (const use of [...this._uses]) if (where(use)) use.node.setInput(use.input, other);
  }
}

export class Node implements NodeView {
  readonly graph: Graph;
  readonly name: string;
  op: string;
  domain: string;
  /** What the codec must write back and nobody else reads. */
  origin: unknown;
  /** @internal */ readonly _inputs: (Value | undefined)[] = [];
  /** @internal */ readonly _outputs: (Value | undefined)[] = [];
  readonly #attributes = new Map<string, Attribute>();

  /** @internal */
  constructor(graph: Graph, name: string, op: string, domain: string) {
    this.graph = graph;
    this.name = name;
    this.op = op;
    this.domain = domain;
  }

  get inputs(): readonly (Value | undefined)[] {
    return this._inputs;
  }

  get outputs(): readonly (Value | undefined)[] {
    return this._outputs;
  }

  get attributes(): ReadonlyMap<string, Attribute> {
    return this.#attributes;
  }

  /** Reads past the end extend the list; trailing omitted inputs are dropped. */
  setInput(index: number, value: Value | undefined): void {
    const previous = this._inputs[index];
    if (previous) {
      const position = previous._uses.findIndex((use) => use.node === this && use.input === index);
      previous._uses.splice(position, 1);
    }
    while (this._inputs.length <= index) this._inputs.push(undefined);
    this._inputs[index] = value;
    value?._uses.push({ node: this, input: index });
    while (this._inputs.length > 0 && this._inputs.at(-1) === undefined) this._inputs.pop();
    this.graph._changed();
  }

  /** Replaces the whole input list. */
  setInputs(values: readonly (Value | undefined)[]): void {
    for (let index = this._inputs.length - 1; index >= 0; index--) this.setInput(index, undefined);
    values.forEach((value, index) => {
      if (value) this.setInput(index, value);
    });
  }

  setAttribute(name: string, attribute: Attribute | undefined): void {
    if (!attribute) this.#attributes.delete(name);
    else this.#attributes.set(name, attribute);
    for (const graph of attribute ? graphsOfAttribute(attribute) : []) graph._parent = this;
    this.graph._changed();
  }

  attribute(name: string): AttributeView | undefined {
    const attribute = this.#attributes.get(name);
    return attribute && viewOfAttribute(attribute);
  }

  int(name: string, fallback: number): number {
    const attribute = this.#attributes.get(name);
    return attribute?.kind === "int" ? toSafeInteger(attribute.value) : fallback;
  }

  float(name: string, fallback: number): number {
    const attribute = this.#attributes.get(name);
    return attribute?.kind === "float" ? attribute.value : fallback;
  }

  ints(name: string): readonly number[] | undefined {
    const attribute = this.#attributes.get(name);
    return attribute?.kind === "ints" ? attribute.value.map(toSafeInteger) : undefined;
  }

  string(name: string, fallback: string): string {
    const attribute = this.#attributes.get(name);
    return attribute?.kind === "string" ? new TextDecoder().decode(attribute.value) : fallback;
  }

  get subgraphs(): readonly Graph[] {
    return [...this.#attributes.values()].flatMap(graphsOfAttribute);
  }
}

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
  readonly #enclosing: Graph | undefined;
  readonly #taken: { readonly values: Set<string>; readonly nodes: Set<string> };

  /** `enclosing` is the graph whose node will hold this one as an attribute. */
  constructor(name: string, enclosing?: Graph) {
    this.name = name;
    this.#enclosing = enclosing;
    this.#taken = enclosing ? enclosing.#taken : { values: new Set(), nodes: new Set() };
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
    return this.#values.get(name) ?? this.#enclosing?.resolve(name);
  }

  /** A name no value of the whole model has. */
  freshName(base: string): string {
    return takeName(this.#taken.values, base);
  }

  addInput(name: string, dtype?: Dtype, shape?: readonly Dimension[]): Value {
    const value = this.#values.get(name) ?? this.addValue(name);
    value.dtype ??= dtype;
    value.shape ??= shape;
    this.#inputs.push(value);
    return value;
  }

  removeInput(value: Value): void {
    const index = this.#inputs.indexOf(value);
    if (index >= 0) this.#inputs.splice(index, 1);
  }

  addOutput(value: Value): void {
    this.#outputs.push(value);
  }

  setOutput(index: number, value: Value): void {
    this.#outputs[index] = value;
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
    const value = new Value(this, name);
    this.#values.set(name, value);
    this.#taken.values.add(name);
    return value;
  }

  addNode(op: string, inputs: readonly (Value | undefined)[], options: NodeOptions = {}): Node {
    const name = takeName(this.#taken.nodes, options.name || op);
    const node = new Node(this, name, op, options.domain ?? "");
    this.#nodes.set(name, node);
    node.setInputs(inputs);
    for (const [key, attribute] of Object.entries(options.attributes ?? {})) node.setAttribute(key, attribute);
    const outputs = options.outputs ?? 1;
    const names = typeof outputs === "number" ? Array.from({ length: outputs }, () => this.freshName(`${name}_out`)) : outputs;
    names.forEach((output, index) => {
      this.setProducer(output === "" ? undefined : (this.#values.get(output) ?? this.addValue(output)), node, index);
    });
    this._changed();
    return node;
  }

  /** Makes `value` output `index` of `node`; a previous producer loses it. */
  setProducer(value: Value | undefined, node: Node, index: number): void {
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
    for (const output of node._outputs.slice(count)) {
      if (!output) continue;
      output._producer = undefined;
      this.removeValue(output);
    }
    node._outputs.length = Math.min(node._outputs.length, count);
    this._changed();
  }

  /** Removes a node nobody reads from; its outputs go with it. Values that are graph outputs must have moved to another producer. */
  removeNode(node: Node): void {
    for (const output of node._outputs) {
      if (!output) continue;
      if (output._uses.length > 0 || output.isOutput) {
        throw new QuantError("internal", `Node ${node.name} cannot be removed: its output ${output.name} is still used.`, { details: { node: node.name } });
      }
      this.#values.delete(output.name);
    }
    node.setInputs([]);
    for (const subgraph of node.subgraphs) for (const inner of subgraph.nodes) inner.setInputs([]);
    this.#nodes.delete(node.name);
    this._changed();
  }

  /** Removes a value that nothing produces or reads, such as an initializer that lost its last reader. */
  removeValue(value: Value): void {
    if (value._producer || value._uses.length > 0 || value.isOutput || value.isInput) {
      throw new QuantError("internal", `Value ${value.name} cannot be removed: it is still linked.`, { details: { value: value.name } });
    }
    this.#values.delete(value.name);
  }

  /** Renames a value; consumers follow, for they hold the value and not its name. */
  rename(value: Value, name: string): void {
    if (this.#values.has(name)) throw new QuantError("internal", `Value ${value.name} cannot be renamed: ${name} exists.`);
    this.#values.delete(value.name);
    value._name = name;
    this.#values.set(name, value);
    this.#taken.values.add(name);
  }

  /** @internal */
  _changed(): void {
    this.#order = undefined;
    this.#enclosing?._changed();
  }
}

function takeName(taken: Set<string>, base: string): string {
  let name = base;
  for (let suffix = 1; taken.has(name); suffix++) name = `${base}_${suffix}`;
  taken.add(name);
  return name;
}
