import {
  type Backend,
  type Checkpoint,
  createRunMemory,
  type Json,
  type ModelFiles,
  type NodeSensitivity,
  type QuantizeOptions,
  type QuantResult,
  quantize,
  sensitivity,
} from "@halftone/core";
import { floatTensors, normalizedModel } from "./normalized.ts";
import type { ProgressEvent } from "./progress.ts";
import { configOf, methods, type Settings, targets } from "./settings.ts";
import type { Reading, ShownPicture, Subject } from "./subject.ts";

export interface Watch {
  readonly signal: AbortSignal;
  readonly onEvent: (event: ProgressEvent) => void;
}

/** What one press of the button came to. */
export interface Outcome extends QuantResult {
  readonly subject: Subject;
  readonly answers: readonly Answer[];
  /** Names of the tensors that hold floats, in terms of the plan. */
  readonly floats: readonly string[];
  /** For what is measured afterwards: what the run already knows is kept in it. */
  readonly options: QuantizeOptions;
}

/** One picture as both models read it. */
export interface Answer {
  readonly picture: ShownPicture;
  readonly float: readonly Reading[];
  readonly quantized: readonly Reading[];
}

/** @throws whatever `quantize` throws; `aborted` when the signal fires. */
export async function quantizeSubject(subject: Subject, settings: Settings, backend: Backend, { signal, onEvent }: Watch): Promise<Outcome> {
  const target = targets[settings.target].make();
  const options: QuantizeOptions = {
    model: subject.model,
    source: subject.calibration(settings.pictures),
    verification: subject.verification,
    metrics: subject.metrics,
    method: methods[settings.method].make(),
    config: configOf(settings, target),
    backend,
    target,
    memory: createRunMemory(),
    search: { checkpoint: checkpointInMemory(), maxMemoryMB: 512 },
  };
  const result = await quantize({ ...options, signal, onEvent });
  const floats = floatTensors(await normalizedModel(options, result.plan, signal));
  return { ...result, subject, options, floats, answers: await readBoth(subject, result.model, backend, { signal, onEvent }) };
}

/** What each layer costs on two of the pictures. Statistics and finished steps of the run are not made again. */
export function measureLayers({ options }: Outcome, { signal, onEvent }: Watch): Promise<readonly NodeSensitivity[]> {
  return sensitivity({ ...options, samples: 2, signal, onEvent });
}

async function readBoth(subject: Subject, quantized: ModelFiles, backend: Backend, { signal, onEvent }: Watch): Promise<readonly Answer[]> {
  onEvent({ type: "stage-start", stage: "answers" });
  const sessions = [await backend.open(subject.model), await backend.open(quantized)] as const;
  try {
    const answers: Answer[] = [];
    for (const picture of subject.shown) {
      const feeds = await picture.feeds();
      const [float, small] = [await sessions[0].run(feeds, { signal }), await sessions[1].run(feeds, { signal })];
      answers.push({ picture, float: subject.read(float), quantized: subject.read(small) });
      onEvent({ type: "progress", stage: "answers", done: answers.length, total: subject.shown.length, secondsLeft: undefined });
    }
    return answers;
  } finally {
    for (const session of sessions) await session.dispose();
  }
}

function checkpointInMemory(): Checkpoint {
  const finished = new Map<string, Json>();
  return {
    get: async (key) => finished.get(key),
    set: async (key, value) => void finished.set(key, value),
  };
}
