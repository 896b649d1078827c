import { createHash } from "node:crypto";
import { type CalibrationSource, QuantError, type QuantEvent, seededRandom, type Tensors } from "@halftone/core";
import { throwIfAborted } from "@halftone/core/backend";

export type SampleSkipped = Extract<QuantEvent, { type: "sample-skipped" }>;

/** What every kind of data takes. */
export interface SampleOptions {
  /** Use that many samples, drawn by seed. Default: all. */
  readonly limit?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Told once of every sample that cannot be used. */
  readonly onSkip?: (event: SampleSkipped) => void;
}

/** Named samples. One that cannot be read is left out; it is an error only when no sample is left. */
export interface SampleSource extends CalibrationSource {
  /** Names of all samples, in the order they come. */
  readonly names: readonly string[];
  /** Name of the sample that an iteration yields as number `index`, once it was yielded: unusable ones do not count. */
  nameOf(index: number): string | undefined;
  /** Some of the samples, by position in `names`. */
  pick(indices: readonly number[]): SampleSource;
}

/** Where samples come from. */
export interface SampleLibrary {
  /** For messages: "folder photos". */
  readonly place: string;
  /** Everything besides names and sizes that decides about the tensors. */
  readonly recipe: readonly unknown[];
  readonly samples: readonly { readonly name: string; readonly size: number }[];
  /** @throws `invalid-data` when this sample cannot be used; any other error ends the iteration. */
  load(name: string): Promise<Tensors>;
}

type Loaded = { readonly name: string; readonly tensors: Tensors } | { readonly name: string; readonly error: unknown };

/** Samples that are being read while the model runs on the one before. */
const readAhead = 2;

/** @throws `empty-calibration` when there are no samples at all. */
export function sampleSource(library: SampleLibrary, options: SampleOptions = {}): SampleSource {
  if (library.samples.length === 0) throw empty(library, "it holds none");
  const { limit = library.samples.length, seed = 0 } = options;
  const told = new Set<string>();
  return sourceOf(library, draw(library.samples.length, limit, seed), options, told);
}

function sourceOf(library: SampleLibrary, indices: readonly number[], options: SampleOptions, told: Set<string>): SampleSource {
  const samples = indices.map((index) => library.samples[index]!);
  const names = samples.map(({ name }) => name);
  const yielded: string[] = [];
  return {
    id: createHash("sha256")
      .update(JSON.stringify([library.recipe, samples.map(({ name, size }) => [name, size])]))
      .digest("hex"),
    names,
    get batches() {
      return names.reduce((count, name) => (told.has(name) ? count : count + 1), 0);
    },
    nameOf: (index) => yielded[index],
    pick: (positions) =>
      sourceOf(
        library,
        positions.map((position) => indices[position]!),
        options,
        told,
      ),
    async *[Symbol.asyncIterator]() {
      let count = 0;
      let reason = "";
      for await (const loaded of readInOrder(library, names, options.signal)) {
        if ("tensors" in loaded) {
          yielded[count++] = loaded.name;
          yield loaded.tensors;
        } else {
          reason = reasonOf(loaded.error);
          if (!told.has(loaded.name)) options.onSkip?.({ type: "sample-skipped", sample: loaded.name, reason });
          told.add(loaded.name);
        }
      }
      if (count === 0) throw empty(library, `none of its ${names.length} can be used; the last: ${reason}`);
    },
  };
}

async function* readInOrder(library: SampleLibrary, names: readonly string[], signal: AbortSignal | undefined): AsyncGenerator<Loaded> {
  const reading: Promise<Loaded>[] = [];
  for (let next = 0; next < names.length || reading.length > 0; ) {
    throwIfAborted(signal);
    while (reading.length < readAhead && next < names.length) reading.push(attempt(library, names[next++]!));
    const loaded = await reading.shift()!;
    if (next < names.length) reading.push(attempt(library, names[next++]!));
    if ("error" in loaded && !QuantError.is(loaded.error, "invalid-data")) throw loaded.error;
    yield loaded;
  }
}

/** Never rejects: a consumer that stops early leaves no rejection behind. */
async function attempt(library: SampleLibrary, name: string): Promise<Loaded> {
  try {
    return { name, tensors: await library.load(name) };
  } catch (error) {
    return { name, error };
  }
}

/** `count` of `total` positions, in order. */
function draw(total: number, limit: number, seed: number): readonly number[] {
  const positions = Array.from({ length: total }, (_, index) => index);
  if (limit >= total) return positions;
  const random = seededRandom(seed);
  for (let index = 0; index < limit; index++) {
    const other = index + Math.floor(random() * (total - index));
    [positions[index], positions[other]] = [positions[other]!, positions[index]!];
  }
  return positions.slice(0, limit).sort((left, right) => left - right);
}

function empty(library: SampleLibrary, why: string): QuantError {
  return new QuantError("empty-calibration", `There are no samples in ${library.place}: ${why}.`, { details: { place: library.place, reason: why } });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
