/** Exports of PyTorch for one size, opened: what they give for another size is what PyTorch gives for it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { openSizes } from "../../src/frontends/onnx/sizes/open-sizes.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { fixture, readTensors } from "../support/fixtures.js";
import { encoded, joined, relativeError, runGraph, samples } from "../support/sessions.js";

const schemas = await loadSchemas();

async function read(...path: readonly string[]): Promise<ModelWithGraph> {
  const bytes = Uint8Array.from(readFileSync(fixture("onnx-exports", ...path)));
  return (await decodeGraph(bytesSource(path.join("/"), bytes))).message;
}

describe("16 rows and 12 columns were exported, 20 and 16 are given", () => {
  it.each([
    ["compact", "legacy.onnx"],
    ["dncnn", "legacy.onnx"],
    ["espcn", "static.onnx"],
    ["fsrcnn", "static.onnx"],
    ["gate", "static.onnx"],
    ["gate", "legacy.onnx"],
    ["unet", "legacy.onnx"],
  ])("%s/%s", async (network, file) => {
    const opened = openSizes(await read(network, file), schemas, ["height", "width"]);
    if ("reason" in opened) throw new Error(`${opened.node}: ${opened.reason}`);
    const tensors = await readTensors("onnx-exports", network, "other-size.safetensors");
    const [input, output] = [opened.model.graph.input[0]!, opened.model.graph.output[0]!];
    const feeds = samples(new Map([[input.name!, tensors.get("xs")!]]));
    const found = await runGraph(await encoded(opened.model), feeds, "disabled");
    const whole = joined(found.map((values) => values.get(output.name!)!));
    expect(relativeError(whole, tensors.get("ys")!)).toBeLessThan(TOLERANCES.relative);
  });
});

it.each(["static.onnx", "legacy.onnx"])("windows of attention stay: %s", async (file) => {
  const refusal = openSizes(await read("window", file), schemas, ["height"]);
  expect(refusal).toMatchObject({
    reason: expect.stringMatching(/^it splits an axis of size height \(16 in the export\) into 4×4/),
  });
});

it("what is declared says how sizes follow from the picture's", async () => {
  const opened = openSizes(await read("unet", "legacy.onnx"), schemas, ["height", "width"]);
  if ("reason" in opened) throw new Error(opened.reason);
  const { graph } = opened.model;
  const shapeOf = (name: string | undefined) =>
    [...graph.input, ...graph.value_info, ...graph.output]
      .find((info) => info.name === name)
      ?.type?.tensor_type?.shape?.dim.map(({ dim_value, dim_param }) => dim_param ?? dim_value);
  expect(shapeOf(graph.input[0]?.name)).toEqual([1, 3, "height", "width"]);
  expect(shapeOf(graph.output[0]?.name)).toEqual([1, 3, "height", "width"]);
  const strided = graph.node.find(({ attribute }) =>
    attribute.some(({ name, ints }) => name === "strides" && ints[0] === 2),
  );
  expect(shapeOf(strided?.output[0])?.slice(2)).toEqual(["floor((height-1)/2)+1", "floor((width-1)/2)+1"]);
});
