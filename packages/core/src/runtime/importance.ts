/**
 * How much an error at each element of a layer's output matters: the squared gradient of the loss, the diagonal of the Fisher matrix in place of
 * the Hessian's (PTQ4ViT, arXiv 2111.12293, 3.3; Q-HyViT, arXiv 2303.12557). The gradient is taken with the network on grids: where nothing
 * is quantized the divergence from the float network is 0, and its gradient too.
 */
import { writeModel } from "../onnx/index.ts";
import type { PartialPlan, Tensor, Tensors } from "../spec/index.ts";
import { buildGradientModel, gradientNameOf, lossTensorOf, targetName } from "./gradient/index.ts";
import { modelOnGrids, type Network, observedModel, openObserver } from "./observe.ts";

export interface Gradients {
  /**
   * By tensor: the gradient for each sample of the feed, in units of how far the answer is off: all samples count alike, and all steps of an answer, however sure the
   * network is of them.
   */
  run(feeds: Tensors, samples: number): Promise<ReadonlyMap<string, Tensor>>;
  dispose(): Promise<void>;
}

/** @throws `unsupported-op` when an operator between these tensors and the loss has no gradient rule. */
export async function openGradients(network: Network, tensors: readonly string[], quantized: PartialPlan): Promise<Gradients> {
  const loss = lossTensorOf(network.model.graph);
  const { model: observed, outputs } = observedModel(network.model, [...tensors, loss.tensor]);
  // What a reader of the loss's tensor sees: behind the grid where it is stored on one.
  // A sample has several distributions where there are steps: [batch, steps, classes].
  const alike = (network.model.graph.value(loss.tensor)!.shape?.length ?? 0) > 2;
  const seen = { ...loss, tensor: outputs.get(loss.tensor)!, alike };
  const model = buildGradientModel(await modelOnGrids(observed, network, quantized), { loss: seen, wrt: [...new Set([...tensors, seen.tensor])] });
  const float = await openObserver(network, [loss.tensor]);
  const session = await network.backend.open(writeModel(model), { fuseQuantized: false, spinning: false }).catch(async (cause) => {
    await float.dispose();
    throw cause;
  });
  const options = network.signal ? { signal: network.signal } : {};
  return {
    run: async (feeds, samples) => {
      const target = (await float.run(feeds)).get(loss.tensor)!;
      const wanted = Object.fromEntries(session.inputs.flatMap((name) => (feeds[name] ? [[name, feeds[name]]] : [])));
      const gradients = await session.run({ ...wanted, [targetName]: target }, options);
      const lengths = lengthsOf(gradients[gradientNameOf(seen.tensor)]!, samples);
      return new Map(tensors.map((tensor) => [tensor, perUnit(gradients[gradientNameOf(tensor)]!, lengths)]));
    },
    dispose: async () => {
      await float.dispose();
      await session.dispose();
    },
  };
}

/** Of what each sample has of the tensor; one for all where the samples cannot be told apart. */
function lengthsOf({ data }: Tensor, samples: number): Float64Array {
  const values = data as Float32Array;
  const size = values.length / (values.length % samples === 0 ? samples : 1);
  const squares = new Float64Array(values.length / size);
  values.forEach((value, index) => {
    squares[Math.floor(index / size)]! += value * value;
  });
  return squares.map(Math.sqrt);
}

function perUnit(gradient: Tensor, lengths: Float64Array): Tensor {
  const values = gradient.data as Float32Array;
  const size = values.length / lengths.length;
  return { ...gradient, data: values.map((value, index) => value / (lengths[Math.floor(index / size)] || 1)) };
}
