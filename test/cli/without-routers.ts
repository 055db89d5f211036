import type { ModelSpec } from "../../src/frontends/document/document.js";
import type { StoredTensor, TensorStore } from "../../src/tensors/tensor.js";

type Layer = ModelSpec["layers"][number];
type Mixed = Extract<Layer, { readonly op: "mix_conv" }>;

/** The same network with an ordinary convolution, of any weights, in place of every mixed one. */
export async function withoutRouters(
  spec: ModelSpec,
  store: TensorStore,
): Promise<{ readonly spec: ModelSpec; readonly weights: TensorStore }> {
  const tensors = new Map(store.tensors);
  for (const layer of spec.layers) {
    if (layer.op !== "mix_conv") continue;
    for (const part of ["weight", "bias"]) {
      const bank = tensors.get(`${layer.name}.${part}`)!;
      tensors.set(`${layer.name}.${part}`, await firstRows(bank, layer.out));
    }
  }
  const layers = spec.layers.flatMap((layer): readonly Layer[] => {
    if (layer.op === "route") return [];
    return layer.op === "mix_conv" ? [plain(layer)] : [layer];
  });
  return { spec: { ...spec, layers }, weights: { ...store, tensors } };
}

function plain({ name, in: input, out, kernel, stride, pad, dilation, groups }: Mixed): Layer {
  return { name, op: "conv", in: input, out, kernel, stride, pad, dilation, groups, bias: true, weights: {} };
}

async function firstRows(bank: StoredTensor, rows: number): Promise<StoredTensor> {
  const shape = [rows, ...bank.shape.slice(1)];
  const values = (await bank.read()).slice(
    0,
    shape.reduce((product, dim) => product * dim, 1),
  );
  return { ...bank, shape, read: async () => values };
}
