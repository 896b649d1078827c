import type { Session } from "@halftone/core";
import { type MobileProviderName, mobileBackend } from "@halftone/mobile";
import type { PackedModel } from "./assets.ts";
import type { Sample } from "./samples.ts";

export interface ModelRun {
  /** The class each sample was given. */
  readonly classes: readonly number[];
  readonly medianMilliseconds: number;
  readonly providers: readonly string[];
  readonly kilobytes: number;
}

const runtime = () => import("onnxruntime-react-native");

/** Calibration relies on the CPU's answers; a session of its own then runs on what the phone has. */
export const calibrationBackend = () => mobileBackend({ runtime });

/** The provider the model was packed for, or the CPU where this build of the runtime does not have it. */
export async function runModel(model: PackedModel, samples: readonly Sample[]): Promise<ModelRun> {
  for (const { style, executionProviders, bytes } of model.card.files) {
    const session = await open(await model.read[style](), executionProviders);
    if (session) return { ...(await answers(session, samples)), providers: executionProviders, kilobytes: bytes / 1024 };
  }
  throw new Error(`This phone loads no form of ${model.card.name}.`);
}

async function open(model: Uint8Array, providers: readonly string[]): Promise<Session | undefined> {
  try {
    return await mobileBackend({ runtime, providers: providers as readonly MobileProviderName[] }).open({ model });
  } catch {
    return undefined;
  }
}

async function answers(session: Session, samples: readonly Sample[]): Promise<Pick<ModelRun, "classes" | "medianMilliseconds">> {
  const classes: number[] = [];
  const times: number[] = [];
  try {
    await session.run(samples[0]!.feeds);
    for (const { feeds } of samples) {
      const started = performance.now();
      const outputs = await session.run(feeds);
      times.push(performance.now() - started);
      const scores = Object.values(outputs)[0]!.data as Float32Array;
      classes.push(scores.indexOf(Math.max(...scores)));
    }
  } finally {
    await session.dispose();
  }
  return { classes, medianMilliseconds: times.sort((a, b) => a - b)[times.length >> 1]! };
}
