/** A graph of one convolution and a ReLU, `x` [N,3,H,W] to `y` [N,2,H,W], which a line of arithmetic checks. */
import * as build from "../../src/onnx/graph/build.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";

export const CHANNELS = { in: 3, out: 2 } as const;

/** Weights [2,3,3,3], zero but for the centre taps. */
export const CENTRE = [
  [1, -2, 3],
  [-1, 0.5, 0.25],
] as const;

/** What the graph computes of one pixel. */
export function pixel(input: readonly number[]): readonly number[] {
  return CENTRE.map((row) =>
    Math.max(
      0,
      row.reduce<number>((sum, weight, c) => sum + weight * input[c]!, 0),
    ),
  );
}

export function tinyGraph(type: "FLOAT" | "FLOAT16" = "FLOAT"): ModelWithGraph {
  const { in: cin, out: cout } = CHANNELS;
  const weights = new Float32Array(cout * cin * 9);
  for (const [o, row] of CENTRE.entries())
    for (const [c, weight] of row.entries()) weights[(o * cin + c) * 9 + 4] = weight;
  const value = (name: string, channels: number) => build.valueInfo(name, type, ["N", channels, "H", "W"]);
  const attribute = [
    build.attribute("kernel_shape", { ints: [3, 3] }),
    build.attribute("pads", { ints: [1, 1, 1, 1] }),
  ];
  const graph = build.graph({
    name: "tiny",
    input: [value("x", cin)],
    output: [value("y", cout)],
    value_info: [value("c", cout)],
    initializer: [build.floatTensor("w", type, { shape: [cout, cin, 3, 3], read: async () => weights })],
    node: [
      build.node("Conv", ["x", "w"], ["c"], { name: "conv", attribute }),
      build.node("Relu", ["c"], ["y"], { name: "relu" }),
    ],
  });
  return { ...build.model({ ir_version: 8, opset_import: [build.opset(17)], producer_name: "test" }), graph };
}
