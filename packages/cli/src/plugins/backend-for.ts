import type { Backend, Registry, Target } from "@halftone/core";
import { mobileTargets } from "@halftone/mobile";

/** The backend that rounds where a phone does. */
export const phoneLike = "node-as-phone";

/** What a model for the target is calibrated and measured on. */
export function backendFor(target: Target, registry: Registry): Backend {
  return registry.backend(mobileTargets().some(({ name }) => name === target.name) ? phoneLike : "node");
}
