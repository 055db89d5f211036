/** `smxc inspect` of ONNX files: figures that can be computed by hand. */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType as AttributeType, type GraphProtoSchema, ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { compile } from "../../src/compile.js";
import { type OnnxSummary, summariseOnnx } from "../../src/inspect/onnx/summary.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { encodeModel } from "../../src/onnx/encode.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { importOracle, ORACLE_CASES } from "../support/fixtures.js";

type Init = MessageInitShape<typeof ModelProtoSchema>;
type GraphInit = MessageInitShape<typeof GraphProtoSchema>;

const [FLOAT, INT64, BOOL] = [1, 7, 9];

function value(name: string, sizes: readonly (number | string)[], elemType = FLOAT) {
  const dim = sizes.map((size) =>
    typeof size === "number"
      ? { value: { case: "dimValue" as const, value: BigInt(size) } }
      : { value: { case: "dimParam" as const, value: size } },
  );
  return { name, type: { value: { case: "tensorType" as const, value: { elemType, shape: { dim } } } } };
}

function weights(name: string, ...dims: readonly number[]) {
  const count = dims.reduce((a, b) => a * b, 1);
  return { name, dataType: FLOAT, dims: dims.map(BigInt), floatData: new Array<number>(count).fill(0) };
}

function integers(name: string, ...values: readonly number[]) {
  return { name, dataType: INT64, dims: [BigInt(values.length)], int64Data: values.map(BigInt) };
}

const int = (name: string, i: number) => ({ name, type: AttributeType.INT, i: BigInt(i) });
const ints = (name: string, ...values: readonly number[]) => ({
  name,
  type: AttributeType.INTS,
  ints: values.map(BigInt),
});
const graph = (name: string, g: GraphInit) => ({ name, type: AttributeType.GRAPH, g });

async function inspect(
  g: GraphInit,
  shape: readonly number[] = [],
  opsetImport: NonNullable<Init["opsetImport"]> = [{ domain: "", version: 17n }],
): Promise<OnnxSummary> {
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport,
    graph: { name: "g", ...g } as GraphInit,
  });
  const bytes = toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
  return summariseOnnx(await decodeModel(bytesSource("m", bytes)), await loadSchemas(), shape);
}

/** y = Relu(Conv(x, w)) of 3 to 8 channels. */
const convolution: GraphInit = {
  input: [value("x", ["N", 3, "H", "W"])],
  output: [value("y", ["N", 8, "H", "W"])],
  initializer: [weights("w", 8, 3, 3, 3), weights("b", 8)],
  node: [
    { opType: "Conv", name: "conv", input: ["x", "w", "b"], output: ["c"], attribute: [ints("pads", 1, 1, 1, 1)] },
    { opType: "Relu", name: "relu", input: ["c"], output: ["y"] },
  ],
};

describe("work", () => {
  it("counts layers in order at the sizes that are asked for", async () => {
    const found = await inspect(convolution, [2, 3, 10, 20]);
    expect(found.layers).toEqual([
      { name: "conv", op: "Conv", nodes: 1, shape: ["N", 8, "H", "W"], parameters: 224, macs: 2 * 8 * 200 * 27 },
      { name: "relu", op: "Relu", nodes: 1, shape: ["N", 8, "H", "W"], parameters: 0, macs: 0 },
    ]);
    expect(found).toMatchObject({
      parameters: 224,
      weightBytes: 896,
      macs: 2 * 8 * 200 * 27,
      routingShare: null,
      notes: [],
    });
    expect(found.measuredAt).toEqual([{ name: "x", shape: [2, 3, 10, 20] }]);
    // Input and result of the convolution, then its result and that of the activation.
    expect(found.peakBytes).toBe(4 * 2 * 200 * (8 + 8));
    expect(found.opsets).toEqual([{ domain: "ai.onnx", version: 17, needed: 14 }]);
  });

  it("takes batch 1 and 48x48 where nothing is asked for", async () => {
    expect((await inspect(convolution)).measuredAt).toEqual([{ name: "x", shape: [1, 3, 48, 48] }]);
  });

  it.each([[[1, 4, 8, 8]], [[1, 3, 8]]])("refuses the shape %j, which does not fit", async (shape) => {
    await expect(inspect(convolution, shape)).rejects.toMatchObject({
      kind: "usage",
      diagnostics: [{ code: "usage/shape" }],
    });
  });

  it.each<[string, GraphInit["node"], GraphInit["initializer"], number]>([
    [
      "ConvTranspose",
      [{ opType: "ConvTranspose", input: ["x", "w"], output: ["y"] }],
      [weights("w", 4, 5, 2, 2)],
      24 * 20,
    ],
    ["MatMul", [{ opType: "MatMul", input: ["x", "w"], output: ["y"] }], [weights("w", 3, 7)], 8 * 7 * 3],
    [
      "grouped Conv",
      [{ opType: "Conv", input: ["x", "w"], output: ["y"], attribute: [int("group", 4)] }],
      [weights("w", 8, 1, 1, 1)],
      48,
    ],
    [
      "Einsum",
      [
        {
          opType: "Einsum",
          input: ["x", "w"],
          output: ["y"],
          attribute: [{ name: "equation", type: AttributeType.STRING, s: new TextEncoder().encode("nchw,wk -> nk") }],
        },
      ],
      [weights("w", 3, 7)],
      24 * 7,
    ],
  ])("counts a %s of [1, 4, 2, 3] by its definition", async (_, node, initializer, macs) => {
    const output = [{ name: "y", type: { value: { case: "tensorType" as const, value: { elemType: FLOAT } } } }];
    const found = await inspect({ input: [value("x", [1, 4, 2, 3])], output, node: node!, initializer: initializer! });
    expect(found).toMatchObject({ macs, notes: [] });
  });

  it("follows sizes that the graph computes, and gives such nodes no rows", async () => {
    const found = await inspect(
      {
        input: [value("x", ["N", 4, "H", "W"])],
        output: [value("y", ["N", "P", 5])],
        initializer: [
          integers("zero", 0),
          integers("two", 2),
          integers("three", 3),
          integers("four", 4),
          weights("w", 4, 5),
        ],
        node: [
          { opType: "Shape", input: ["x"], output: ["s"] },
          { opType: "Gather", input: ["s", "zero"], output: ["n"] },
          { opType: "Gather", input: ["s", "two"], output: ["h"] },
          { opType: "Gather", input: ["s", "three"], output: ["v"] },
          { opType: "Mul", input: ["h", "v"], output: ["area"] },
          { opType: "Concat", input: ["n", "area", "four"], output: ["sizes"], attribute: [int("axis", 0)] },
          { opType: "Reshape", name: "rows", input: ["x", "sizes"], output: ["r"] },
          { opType: "MatMul", name: "product", input: ["r", "w"], output: ["y"] },
        ],
      },
      [1, 4, 6, 7],
    );
    expect(found.layers.map(({ name }) => name)).toEqual(["rows", "product"]);
    expect(found).toMatchObject({ unlistedNodes: 6, macs: 42 * 5 * 4, notes: [], parameters: 20 });
  });

  it("counts the turns of a Scan, and the costlier branch of an If", async () => {
    const product = (name: string, w: string) => ({
      name,
      output: [value(`${name}.y`, [1, 4])],
      node: [{ opType: "MatMul", name, input: ["x", w], output: [`${name}.y`] }],
    });
    const branches = await inspect({
      input: [value("x", [1, 3]), value("c", [], BOOL)],
      output: [value("y", [1, 4])],
      initializer: [weights("w", 3, 4), weights("v", 3, 4)],
      node: [
        {
          opType: "If",
          input: ["c"],
          output: ["y"],
          attribute: [
            graph("then_branch", product("then", "w")),
            graph("else_branch", {
              ...product("else", "v"),
              node: [...product("else", "v").node, { opType: "MatMul", input: ["x", "w"], output: ["z"] }],
            }),
          ],
        },
      ],
    });
    expect(branches.macs).toBe(24);
    const turns = await inspect({
      input: [value("x", [5, 1, 3])],
      output: [value("y", [5, 1, 4])],
      initializer: [weights("w", 3, 4)],
      node: [
        {
          opType: "Scan",
          name: "each",
          input: ["x"],
          output: ["y"],
          attribute: [
            int("num_scan_inputs", 1),
            graph("body", {
              name: "body",
              input: [value("row", [1, 3])],
              output: [value("product", [1, 4])],
              node: [{ opType: "MatMul", name: "product", input: ["row", "w"], output: ["product"] }],
            }),
          ],
        },
      ],
    });
    expect(turns.layers.map(({ name, macs }) => [name, macs])).toEqual([
      ["each", 0],
      ["product", 60],
    ]);
    expect(turns.providers.find(({ provider }) => provider === "webgpu")).toMatchObject({
      nodes: { native: 1, control: 1 },
      elsewhere: [{ op: "Scan", status: "control", count: 1 }],
    });
  });

  it("lists what functions do at each call, and counts their weights once", async () => {
    const model = create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [
        { domain: "", version: 17n },
        { domain: "local", version: 1n },
      ],
      functions: [
        {
          name: "F",
          domain: "local",
          input: ["a", "w"],
          output: ["c"],
          opsetImport: [{ domain: "", version: 17n }],
          node: [{ opType: "MatMul", name: "inside", input: ["a", "w"], output: ["c"] }],
        },
      ],
      graph: {
        name: "g",
        input: [value("x", ["N", 3])],
        output: [value("y", ["N", 3])],
        initializer: [weights("w", 3, 3)],
        node: [
          { opType: "F", domain: "local", name: "first", input: ["x", "w"], output: ["z"] },
          { opType: "F", domain: "local", name: "second", input: ["z", "w"], output: ["y"] },
        ],
      },
    });
    const bytes = toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
    const found = summariseOnnx(await decodeModel(bytesSource("m", bytes)), await loadSchemas(), [2, 3]);
    expect(found.layers.map(({ name, shape, parameters, macs }) => [name, shape, parameters, macs])).toEqual([
      ["first", ["N", 3], 9, 0],
      ["first/inside", ["N", 3], 0, 18],
      ["second", ["N", 3], 0, 0],
      ["second/inside", ["N", 3], 0, 18],
    ]);
    expect(found).toMatchObject({ macs: 36, parameters: 9, notes: [] });
  });

  it("says what its figures leave out", async () => {
    const found = await inspect(
      {
        input: [value("x", ["N", 3])],
        output: [value("y", ["N", 3])],
        node: [
          { opType: "Custom", domain: "mine", input: ["x"], output: ["z"] },
          { opType: "MatMul", input: ["z", "x"], output: ["y"] },
        ],
      },
      [],
      [
        { domain: "", version: 17n },
        { domain: "mine", version: 1n },
      ],
    );
    expect(found.notes).toEqual([
      "not counted: the MACs of 1 node whose sizes are not known",
      "not counted: 1 node of operators that ONNX does not define",
      "not counted in the memory: 2 activations whose sizes are not known",
    ]);
    expect(found.layers.map(({ macs }) => macs)).toEqual([0, null]);
  });
});

describe("graphs that smxc makes", () => {
  const oracle = ORACLE_CASES.find(({ name }) => name === "nsr-x2")!;

  it.each([
    ["directly", { lowering: "direct" }],
    ["by Winograd", { lowering: "winograd-f4x4" }],
    ["for WebGPU", { target: "webgpu" }],
  ] as const)("run %s have one row per layer, all work counted, and a share of routing", async (_, options) => {
    const { spec, weights: store } = await importOracle(oracle);
    const { model } = compile(spec, store, options);
    const decoded = await decodeModel(bytesSource("m", await collect(encodeModel(model).model)));
    const found = summariseOnnx(decoded, await loadSchemas());
    const names = new Set(found.layers.map(({ name }) => name));
    for (const { name } of spec.layers)
      if (/body\.\d+\.body\.\d$/.test(name) && !name.endsWith("1")) expect(names).toContain(name);
    expect(found.notes).toEqual([]);
    expect(found.routingShare).toBeGreaterThan(0);
    expect(found.routingShare).toBeLessThan(0.5);
  });
});
