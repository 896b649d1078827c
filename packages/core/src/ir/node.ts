import type { AttributeView, NodeView } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import type { Attribute } from "./attribute.ts";
import { graphsOfAttribute, toSafeInteger, viewOfAttribute } from "./attribute.ts";
import type { Graph } from "./graph.ts";
import type { Value } from "./value.ts";

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
  #subgraphs: readonly Graph[] = [];

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

  /** Reads past the end extend the list; trailing omitted inputs are dropped. The value is of this graph or one around it. */
  setInput(index: number, value: Value | undefined): void {
    if (value) assertReadable(this.graph, value);
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

  /** A subgraph moves here from the node that held it; one that is replaced or removed is gone for good. */
  setAttribute(name: string, attribute: Attribute | undefined): void {
    const graphs = attribute ? graphsOfAttribute(attribute) : [];
    for (const graph of graphs) assertEnclosed(graph, this.graph);
    const previous = this.#attributes.get(name);
    if (attribute) this.#attributes.set(name, attribute);
    else this.#attributes.delete(name);
    this.#subgraphs = [...this.#attributes.values()].flatMap(graphsOfAttribute);
    for (const graph of previous ? graphsOfAttribute(previous) : []) if (!this.#subgraphs.includes(graph)) this._release(graph);
    for (const graph of graphs) graph._parent = this;
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
    return this.#subgraphs;
  }

  /** @internal Cuts every link to the values around it, of its subgraphs too; a graph that moved on is left alone. */
  _detach(): void {
    this.setInputs([]);
    for (const graph of this.subgraphs) this._release(graph);
  }

  private _release(graph: Graph): void {
    if (graph.parent !== this) return;
    graph._parent = undefined;
    for (const node of graph.unordered) node._detach();
  }
}

/** In the file a use is a name: from where the node stands it must find this value. */
export function assertReadable(from: Graph, value: Value): void {
  if (from.resolve(value.name) === value) return;
  throw new QuantError("internal", `Value ${value.name} cannot be read in graph ${from.name}: it was removed, or another value has that name there.`);
}

export function assertEnclosed(inner: Graph, outer: Graph): void {
  if (inner.enclosing !== outer) throw new QuantError("internal", `Graph ${inner.name} cannot be a subgraph in ${outer.name}: it was made for another graph.`);
}
