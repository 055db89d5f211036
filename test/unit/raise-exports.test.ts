/** Layers with computed kernels, as PyTorch's exporters write them: compiled as mixtures, they compute what PyTorch does. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { fixture, readTensors } from "../support/fixtures.js";
import { accelerated } from "../support/raising.js";
import { encoded, relativeError, runGraph } from "../support/sessions.js";

const LAYERS = readdirSync(fixture("onnx-exports")).filter(
  (name) => name.startsWith("layer-") || name === "style-input",
);

/** Experts of those that do not mix four. */
const EXPERTS = new Map([
  ["layer-modulated", 1],
  ["layer-modulated-plain", 1],
  ["layer-odconv-one-kernel", 1],
  ["style-input", 1],
]);

describe.each(LAYERS)("%s", (layer) => {
  it.each(["static.onnx", "legacy.onnx"])("%s", async (file) => {
    const bytes = Uint8Array.from(readFileSync(fixture("onnx-exports", layer, file)));
    const { message } = await decodeGraph(bytesSource(file, bytes));
    const done = await accelerated(message);
    const dynamic = done.report.kernels.filter(({ became }) => became !== "conv");
    expect(dynamic).toMatchObject([{ became: "mix_conv", experts: EXPERTS.get(layer) ?? 4 }]);
    const tensors = await readTensors("onnx-exports", layer, "io.safetensors");
    const [found] = await runGraph(await encoded(done.model), [new Map([["x", tensors.get("x1")!]])]);
    expect(relativeError(found!.get("y")!, tensors.get("y1")!)).toBeLessThan(TOLERANCES.relative);
  });
});

it("the notes say where an exporter left ε out", async () => {
  const notes: string[] = [];
  for (const file of ["static.onnx", "legacy.onnx"]) {
    const bytes = Uint8Array.from(readFileSync(fixture("onnx-exports", "layer-modulated", file)));
    const done = await accelerated((await decodeGraph(bytesSource(file, bytes))).message);
    notes.push(...done.report.kernels.map(({ reason }) => reason));
  }
  expect(notes).toEqual([
    "weighed over input channels; demodulated, without an ε",
    "weighed over input channels; demodulated",
  ]);
});

it("the router comes along, and nodes that only made the kernel go", async () => {
  const bytes = Uint8Array.from(readFileSync(fixture("onnx-exports", "layer-einsum", "static.onnx")));
  const { report, model } = await accelerated((await decodeGraph(bytesSource("static.onnx", bytes))).message);
  expect(report.islands).toMatchObject([{ nodes: 4, became: "compiled" }]);
  expect(report.left).toEqual([]);
  expect(model.graph.node.map(({ op_type }) => op_type)).not.toContain("Einsum");
});

it("gates before and behind a computed kernel are factors of it, at the edges of a graph too", async () => {
  const bytes = Uint8Array.from(readFileSync(fixture("onnx-exports", "layer-odconv-1x1", "static.onnx")));
  const { compiled } = await accelerated((await decodeGraph(bytesSource("static.onnx", bytes))).message);
  expect(compiled.map(({ graph }) => graph.nodes.filter(({ op }) => op === "mul" || op === "mix_conv"))).toMatchObject([
    [{ op: "mix_conv", attributes: { factors: [{}, {}, { over: "in" }, { over: "out" }] } }],
  ]);
});
