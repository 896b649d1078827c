export { type QueueExecutor, type QueueExecutorOptions, queueExecutor } from "./queue-executor.ts";
export { type OpenHost, type TrialWorkerOptions, trialWorker, type WorkerEvent } from "./trial-worker.ts";
