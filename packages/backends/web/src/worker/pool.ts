import { type Turns, turns } from "@halftone/core/backend";
import type { RuntimeSettings } from "../session/settings.ts";
import { type Connection, connect } from "./connection.ts";

export type StartWorker = () => Worker;

/** The one worker of a backend: started when it is needed, ended when no session has been open for a while. */
export interface WorkerPool extends Turns {
  /** The worker that is alive, or a new one. Only to be called in turn. */
  connection(): Promise<Connection>;
  /** Counts a session; the answer takes it back, and may be called more than once. */
  hold(): () => void;
  nextSession(): number;
}

/** A search opens a small model, runs it and closes it, many times over: the worker must outlive the gaps. */
const lingerMilliseconds = 2000;

export function workerPool(start: StartWorker, settings: RuntimeSettings): WorkerPool {
  let connection: Connection | undefined;
  let sessions = 0;
  let held = 0;
  let farewell: ReturnType<typeof setTimeout> | undefined;

  return {
    ...turns(),
    async connection() {
      if (connection?.alive) return connection;
      connection = connect(start());
      await connection.request({ content: { kind: "start", settings }, buffers: [] }, "started");
      return connection;
    },
    hold() {
      clearTimeout(farewell);
      held++;
      let mine = true;
      return () => {
        if (!mine) return;
        mine = false;
        held--;
        if (held === 0) farewell = setTimeout(() => connection?.end(), lingerMilliseconds);
      };
    },
    nextSession: () => sessions++,
  };
}
