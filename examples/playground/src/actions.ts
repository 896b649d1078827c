import { type Backend, QuantError } from "@halftone/core";
import { classifierOf, filesOf, pictureInput } from "./classifier.ts";
import { measureLayers, type Outcome, quantizeSubject, type Watch } from "./job.ts";
import { fieldsFor } from "./preprocessing.ts";
import { advance, noProgress, type ProgressEvent, stepNames } from "./progress.ts";
import { loadSample } from "./sample.ts";
import type { State, Work } from "./state.ts";
import type { Store } from "./store.ts";
import { histogramOf, type TensorChoice } from "./tensors.ts";
import { emptyUpload, withFiles } from "./upload.ts";

export interface Actions {
  useSample(): void;
  addFiles(files: readonly File[]): Promise<void>;
  forgetFiles(): void;
  run(): Promise<void>;
  cancel(): void;
  stopLayers(): void;
  stopHistogram(): void;
  /** `slice`: which of several scales the grid is that of. */
  showHistogram(choice: TensorChoice, slice: number): Promise<void>;
}

/** What the user can do, on the state that the views show. */
export function createActions(store: Store<State>, backend: Backend): Actions {
  const stops = { run: new AbortController(), layers: new AbortController(), histogram: new AbortController() };

  async function work<Key extends keyof typeof stops>(key: Key, start: (watch: Watch) => Promise<Done<State[Key]>>): Promise<Done<State[Key]> | undefined> {
    stops[key].abort();
    const stop = new AbortController();
    stops[key] = stop;
    const { signal } = stop;
    let progress = noProgress;
    const show = (work: Work<Done<State[Key]>>): void => store.set({ [key]: work } as unknown as Partial<State>);
    const onEvent = (event: ProgressEvent): void => {
      if (signal.aborted) return;
      if (event.type === "stage-start" && key === "run") store.set({ announcement: stepNames[event.stage] });
      progress = advance(progress, event);
      show({ status: "running", progress });
    };
    show({ status: "running", progress });
    try {
      const value = await start({ signal, onEvent });
      if (signal.aborted) return undefined;
      show({ status: "done", value });
      return value;
    } catch (error) {
      // Work that took its place says what comes of it.
      if (stops[key] !== stop) return undefined;
      show(signal.aborted ? { status: "cancelled" } : { status: "failed", message: messageOf(error) });
      return undefined;
    }
  }

  /** Ends work without a trace. */
  const drop = (...keys: readonly (keyof typeof stops)[]): void => {
    for (const key of keys) {
      stops[key].abort();
      stops[key] = new AbortController();
    }
  };
  const forgetResults = (): void => {
    drop("run", "layers", "histogram");
    store.set({ run: { status: "idle" }, layers: { status: "idle" }, histogram: { status: "idle" }, problem: undefined });
  };

  const measure = (outcome: Outcome): Promise<unknown> => work("layers", (watch) => measureLayers(outcome, watch));

  return {
    useSample() {
      forgetResults();
      store.set({ subject: "sample", announcement: "The sample is chosen: a text recogniser and lines of text." });
    },
    async addFiles(files) {
      forgetResults();
      const upload = withFiles(store.state.upload, files);
      store.set({ subject: "upload", upload, announcement: `${files.length} files added.` });
      if (!upload.model || !files.includes(upload.model)) return;
      try {
        const { shape } = pictureInput(await filesOf(upload.model, upload.sideFiles));
        store.set({ preprocessing: fieldsFor(shape, store.state.preprocessing) });
      } catch (error) {
        store.set({ problem: messageOf(error) });
      }
    },
    forgetFiles() {
      forgetResults();
      store.set({ subject: "upload", upload: emptyUpload, announcement: "The files are forgotten." });
    },
    async run() {
      drop("layers", "histogram");
      const { subject, upload, preprocessing, settings } = store.state;
      store.set({ layers: { status: "idle" }, histogram: { status: "idle" }, problem: undefined, announcement: "Quantization started." });
      const outcome = await work("run", async (watch) => {
        const chosen = subject === "sample" ? await loadSample(watch.signal) : await classifierOf(upload, preprocessing);
        return quantizeSubject(chosen, settings, backend, watch);
      });
      if (!outcome) {
        const { run } = store.state;
        store.set({ announcement: run.status === "failed" ? `Quantization failed: ${run.message}` : "Quantization was cancelled." });
        return;
      }
      store.set({ announcement: "Quantization finished. The results follow." });
      await measure(outcome);
    },
    cancel: () => stops.run.abort(),
    stopLayers: () => stops.layers.abort(),
    stopHistogram: () => stops.histogram.abort(),
    async showHistogram(choice, slice) {
      const { run } = store.state;
      if (run.status === "done") await work("histogram", (watch) => histogramOf(run.value, choice, slice, watch));
    },
  };
}

type Done<Each> = Each extends { readonly status: "done"; readonly value: infer Value } ? Value : never;

function messageOf(error: unknown): string {
  if (QuantError.is(error)) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
