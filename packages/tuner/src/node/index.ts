export { type ChildExecutor, type ChildExecutorOptions, childExecutor } from "./child-executor.ts";
export type { OpenTrials, TrialHost } from "./child-protocol.ts";
export { journalFile } from "./journal-file.ts";
