/** What every compiled graph promises whoever opens it: names that lead back to the document, shapes, metadata. */
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.js";
import { LOWERING_NAMES } from "../../src/lowerings/names.js";
import { TARGETS } from "../../src/lowerings/targets.js";
import { METADATA_KEY, readMetadata } from "../../src/metadata.js";
import type { GraphProto } from "../../src/onnx/graph/records.js";
import { graphsIn, metadataOf } from "../../src/onnx/signature.js";
import { importOracle, ORACLE_CASES } from "../support/fixtures.js";

describe.each(ORACLE_CASES)("$name", (oracle) => {
  const opened = importOracle(oracle);

  it.each(TARGETS)("for %s, whatever the lowering", async (target) => {
    const { spec, weights } = await opened;
    for (const lowering of ["auto", ...LOWERING_NAMES]) {
      const { model } = compile(spec, weights, { target, lowering });
      expect(model.graph.output[0]!.name).toBe("y");
      expectNamesOf(
        [...spec.inputs, ...spec.layers].map(({ name }) => name),
        model.graph,
        lowering,
      );
      expectShapes(model.graph, lowering);
    }
  });
});

/** Of what the layers of one size share: `canvas.<height>x<width>.<form>`. */
const CANVAS = /^canvas\.[^/]+\//;

/** Node names are unique and begin with the name of a layer, of an input that is taken apart, or of a canvas. */
function expectNamesOf(owners: readonly string[], graph: GraphProto, lowering: string): void {
  const names = graphsIn(graph).flatMap(({ node }) => node.map(({ name = "" }) => name));
  expect(new Set(names).size, `${lowering}: unique node names`).toBe(names.length);
  const belongs = (name: string, owner: string) =>
    name === owner || (name.startsWith(owner) && /^[./:#]/.test(name.slice(owner.length)));
  const strange = names.filter((name) => !CANVAS.test(name) && !owners.some((owner) => belongs(name, owner)));
  expect(strange, `${lowering}: node names that begin with no layer`).toEqual([]);
}

/** Every value has a declared shape, and every convolution says its kernel's. */
function expectShapes(root: GraphProto, lowering: string): void {
  for (const graph of graphsIn(root)) {
    const declared = new Set<string | undefined>(
      [...graph.value_info, ...graph.output, ...graph.input].map(({ name }) => name),
    );
    const results = graph.node.flatMap(({ output }) => output).filter((name) => name !== "");
    expect(
      results.filter((name) => !declared.has(name)),
      `${lowering}: values without a shape`,
    ).toEqual([]);
    const convolutions = graph.node.filter(({ op_type }) => op_type === "Conv");
    expect(
      convolutions.filter(({ attribute }) => !attribute.some(({ name }) => name === "kernel_shape")),
      lowering,
    ).toEqual([]);
  }
}

it("is written in the lowest operator set unless another is asked for", async () => {
  const { spec, weights } = await importOracle(ORACLE_CASES.find(({ name }) => name === "nsr-x2")!);
  expect(compile(spec, weights).model).toMatchObject({ opset_import: [{ version: 17 }], ir_version: 8 });
});

it.each([
  [17, 8],
  [18, 8],
  [19, 9],
  [20, 9],
  [21, 10],
])("opset %i is written as IR version %i", async (opset, ir) => {
  const { spec, weights } = await importOracle(ORACLE_CASES.find(({ name }) => name === "nsr-x2")!);
  expect(compile(spec, weights, { opset }).model).toMatchObject({ opset_import: [{ version: opset }], ir_version: ir });
});

it("the metadata say what a runtime needs", async () => {
  const { spec, weights } = await importOracle(ORACLE_CASES.find(({ name }) => name === "nsr-x2")!);
  const { model } = compile(spec, weights, { target: "webgpu" });
  expect(model.producer_name).toBe("smxc");
  expect(model.metadata_props.map(({ key }) => key)).toEqual([METADATA_KEY]);
  expect(readMetadata(metadataOf(model))).toMatchObject({
    version: 1,
    model: "nsr-x2",
    source: { arch: "nsr" },
    image: { range: [0, 1], color: "rgb", scale: 2 },
    context: { kind: "patch", patch: 48, wholeBelow: 192 },
    compiled: { target: "webgpu", lowering: "auto" },
  });
});

it("metadata that smxc did not write are none", () => {
  for (const text of ["", "{", "null", '{"version":2}', '{"version":1}'])
    expect(readMetadata(new Map([[METADATA_KEY, text]]))).toBeUndefined();
  expect(readMetadata(new Map())).toBeUndefined();
});
