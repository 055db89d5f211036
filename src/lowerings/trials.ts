/** What `--tune` measures: every candidate for every distinct convolution of some graphs, as small graphs of their own. */
import { symbol } from "../ir/dim.js";
import type { Graph, Node } from "../ir/graph.js";
import { sizeOf } from "../ir/typical-size.js";
import type { constantTensor, EmitOptions } from "./emitter.js";
import { FORM_PREFIX, runsInForms } from "./winograd/choose-form.js";
import { costKey, type LayerProblem, problemText } from "./winograd/cost.js";
import { EXACT_FORMS } from "./winograd/forms.js";
import { planCanvases } from "./winograd/plan.js";

export interface Trial {
  /** Under what the time is kept. */
  readonly key: string;
  /** What the candidates of a convolution have in common, for people. */
  readonly convolution: string;
  readonly lowering: string;
  /** `TRIAL_LAYERS` of the layer. */
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, readonly number[]>;
}

/** So many that getting onto a canvas and off it weighs little, as in a network. */
export const TRIAL_LAYERS = 4;

const ORIGIN = { layer: "tune", pointer: "" } as const;
const PLACE = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pads: [1, 1, 1, 1], groups: 1 } as const;

/** The trials of graphs after their passes, grouped by convolution: candidates of one group compete. */
export function trialsOf(graphs: readonly Graph[], options: EmitOptions): readonly (readonly Trial[])[] {
  const problems = new Map<string, LayerProblem>();
  for (const graph of graphs)
    for (const { problem } of planCanvases(graph, options).choices.values())
      problems.set(costKey(problem, undefined, options), problem);
  return [...problems.values()].map((problem) =>
    [undefined, ...(runsInForms(problem) ? EXACT_FORMS : [])].map(
      (form): Trial => ({
        key: costKey(problem, form, options),
        convolution: problemText(problem),
        lowering: form ? `${FORM_PREFIX}${form.name}` : "direct",
        graph: layersOf(problem, TRIAL_LAYERS),
        inputs: inputSizes(problem),
      }),
    ),
  );
}

function inputSizes({ channels, height, width, experts }: LayerProblem): ReadonlyMap<string, readonly number[]> {
  const x = ["x", [1, channels, sizeOf(height), sizeOf(width)]] as const;
  return new Map<string, readonly number[]>(experts > 0 ? [x, ["beta", [1, experts, 1]]] : [x]);
}

/** Layers on the same input, each added to the sum of those before it, as in a residual network. */
function layersOf({ channels, out, height, width, experts }: LayerProblem, count: number): Graph {
  const constants = new Map<string, ReturnType<typeof constantTensor>>();
  const nodes: Node[] = [];
  for (let index = 0; index < count; index++) {
    const name = `layer.${index}`;
    const rows = Math.max(1, experts) * out;
    constants.set(`${name}.weight`, filled([rows, channels, 3, 3], index));
    constants.set(`${name}.bias`, filled([out], index));
    const weights = [`${name}.weight`, `${name}.bias`];
    nodes.push(
      experts > 0
        ? {
            op: "mix_conv",
            name,
            inputs: ["x", ...weights, "beta"],
            attributes: {
              ...PLACE,
              experts,
              out,
              factors: [{ over: "out", on: "kernel" }],
              bias: "plain",
              demodulate: null,
            },
            origin: ORIGIN,
          }
        : { op: "conv", name, inputs: ["x", ...weights], attributes: PLACE, origin: ORIGIN },
    );
    if (index > 0) {
      const before = index === 1 ? "layer.0" : `sum.${index - 1}`;
      nodes.push({ op: "add", name: `sum.${index}`, inputs: [name, before], attributes: {}, origin: ORIGIN });
    }
  }
  const size = [
    typeof height === "number" ? height : symbol("H"),
    typeof width === "number" ? width : symbol("W"),
  ] as const;
  return {
    name: "tune",
    inputs: [
      { name: "x", shape: [1, channels, ...size] },
      ...(experts > 0 ? [{ name: "beta", shape: [1, experts, 1] }] : []),
    ],
    constants,
    nodes,
    outputs: [{ name: "y", value: nodes.at(-1)!.name }],
    betas: [],
  };
}

/** Values in [-1,1) that differ from tensor to tensor, so that none is stored once for several. */
function filled(shape: readonly number[], seed: number): ReturnType<typeof constantTensor> {
  const count = shape.reduce((product, dim) => product * dim, 1);
  return {
    shape,
    read: async () => Float64Array.from({ length: count }, (_, i) => ((i * 0.618 + seed * 0.37) % 2) - 1),
  };
}
