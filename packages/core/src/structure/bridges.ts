import type { BridgeBlock } from "../spec/index.ts";
import type { FoundAttention } from "./attentions.ts";
import type { Flow } from "./flow.ts";

export function bridgesOf(_flow: Flow, _attentions: readonly FoundAttention[]): readonly BridgeBlock[] {
  return [];
}
