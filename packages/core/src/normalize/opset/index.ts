export { upgradeOpset, workingOpset } from "./upgrade.ts";
