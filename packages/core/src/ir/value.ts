import type { Dimension, Dtype, Tensor, ValueView } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import type { Constant } from "./constant.ts";
import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";

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
  /** @internal */ _isInput = false;
  /** @internal */ _timesOutput = 0;

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
    return this._isInput;
  }

  get isOutput(): boolean {
    return this._timesOutput > 0;
  }

  /** Every node that reads this value reads `other` instead; graph outputs stay. */
  replaceUses(other: Value, where: (use: Use) => boolean = () => true): void {
    for (const use of [...this._uses]) if (where(use)) use.node.setInput(use.input, other);
  }
}
