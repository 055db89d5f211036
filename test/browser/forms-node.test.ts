/** Every lowering of a mixed convolution on WebGPU, of fixed and of open sizes, against the reference. */
import { afterAll, describe, expect, it } from "vitest";
import { compileGraph } from "../../src/compile.js";
import { symbol } from "../../src/ir/dim.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { Session } from "../../src/sessions/session.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { inputsOf, type MixedLayer, mixedLayer } from "../support/mixed-layer.js";
import { encoded, relativeError } from "../support/sessions.js";

/** Relative to the largest |y|, as for whole networks. */
const TOLERANCE = 1e-5;
const OPEN = [symbol("N"), 8, symbol("H"), symbol("W")] as const;
const SIZES = [3, 11, 9] as const;

const open: Session[] = [];
afterAll(async () => {
  for (const session of open) await session.release();
});

interface Form extends MixedLayer {
  readonly by: string;
}

const FORMS: readonly Form[] = [
  { by: "direct", x: [1, 8, 11, 9], out: 12 },
  { by: "grouped", x: [3, 8, 11, 9], out: 12 },
  { by: "unfold", x: [3, 8, 11, 9], out: 12 },
  { by: "windows", x: [3, 8, 11, 9], out: 12 },
  { by: "windows", x: [3, 8, 11, 9], out: 40, stride: 2, bias: "plain" },
  { by: "windows", x: [3, 8, 11, 9], out: 8, groups: 8, bias: "none" },
  { by: "windows", x: [3, 8, 40, 30], out: 12, kernel: 5, dilation: 2 },
  { by: "experts", x: [3, 8, 11, 9], out: 12 },
  { by: "unfold", x: OPEN, out: 12 },
  { by: "windows", x: OPEN, out: 12 },
  { by: "experts", x: OPEN, out: 12 },
  { by: "auto", x: OPEN, out: 12 },
];

describe("forms of a mixed convolution on WebGPU, onnxruntime-node", () => {
  it.each(FORMS)("$by, $out channels of $x", async ({ by, ...layer }) => {
    const graph = mixedLayer(layer);
    const isFixed = layer.x.every((size) => typeof size === "number");
    const inputs = inputsOf(graph, SIZES);
    const bytes = await encoded(compileGraph(graph, { target: "webgpu", lowering: by }).model);
    const session = await createNodeSession({ name: by, bytes }, { target: "webgpu", noFallback: isFixed });
    open.push(session);
    const feeds = [...inputs].map(
      ([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }] as const,
    );
    const { shape, data } = (await session.run(new Map(feeds))).get("y")!;
    const expected = (await evaluate(graph, inputs)).get("y")!;
    expect(relativeError(dense(shape, data), expected)).toBeLessThanOrEqual(TOLERANCE);
  });
});
