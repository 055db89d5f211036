/** A graph of one convolution and a ReLU, `x` [N,3,H,W] to `y` [N,2,H,W], which a line of arithmetic checks. */
import type { OnnxModel } from "../../src/onnx/model.js";

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

export function tinyGraph(type: "FLOAT" | "FLOAT16" = "FLOAT"): OnnxModel {
  const { in: cin, out: cout } = CHANNELS;
  const weights = new Float32Array(cout * cin * 9);
  for (const [o, row] of CENTRE.entries())
    for (const [c, weight] of row.entries()) weights[(o * cin + c) * 9 + 4] = weight;
  const value = (name: string, channels: number) => ({
    name,
    type: { elem_type: type, shape: ["N", channels, "H", "W"] },
  });
  return {
    ir_version: 8,
    opset: 17,
    producer_name: "test",
    producer_version: "0",
    metadata_props: new Map(),
    graph: {
      name: "tiny",
      input: [value("x", cin)],
      output: [value("y", cout)],
      value_info: [value("c", cout)],
      initializer: [
        {
          name: "w",
          data_type: type,
          dims: [cout, cin, 3, 3],
          data: { shape: [cout, cin, 3, 3], read: async () => weights },
        },
      ],
      node: [
        {
          op_type: "Conv",
          name: "conv",
          input: ["x", "w"],
          output: ["c"],
          attribute: { kernel_shape: { type: "INTS", value: [3, 3] }, pads: { type: "INTS", value: [1, 1, 1, 1] } },
        },
        { op_type: "Relu", name: "relu", input: ["c"], output: ["y"], attribute: {} },
      ],
    },
  };
}
