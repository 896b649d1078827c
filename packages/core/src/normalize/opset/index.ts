export { upgradeOpset } from "./upgrade.ts";
export { workingOpset } from "./working-opset.ts";
