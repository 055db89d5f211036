/** Graphs of one sample whose batch is opened: by a proof, or with parts that run sample by sample. */
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import type { OpenedBatch } from "../../src/frontends/onnx/batch/open-batch.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import * as build from "../../src/onnx/graph/build.js";
import type { GraphProto, ModelProto, ModelWithGraph, NodeProto } from "../../src/onnx/graph/records.js";
import { subgraphs } from "../../src/onnx/rewrite/names.js";
import { line, linesOf, modelOf, weights } from "../support/onnx-graphs.js";
import { checkOpened } from "../support/opened-batch.js";
import { encoded } from "../support/sessions.js";

const SIZE = [1, 4, 6, 6];
const picture = (name: string, size: readonly (number | string)[] = SIZE) => build.valueInfo(name, "FLOAT", size);
const integers = (name: string, ...values: readonly number[]) => build.intTensor(name, [values.length], values);
const ints = (...values: readonly number[]) => ({ ints: values });
const KERNEL = weights("k", [4, 4, 3, 3]);
const PADS = { pads: ints(1, 1, 1, 1) };

function graphWith(nodes: readonly (string | NodeProto)[], fields: Partial<GraphProto> = {}): GraphProto {
  return build.graph({
    name: "g",
    input: [picture("x")],
    node: nodes.map((node) => (typeof node === "string" ? line(node) : node)),
    output: [picture("y")],
    ...fields,
  });
}

async function opened(graph: GraphProto, mayScan = false, fields: Partial<ModelProto> = {}) {
  const bytes = await encoded(modelOf(graph, 17, fields));
  const source = (await decodeGraph(bytesSource("source", bytes))).message as ModelWithGraph;
  const defaults = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !defaults.has(name));
  const feeds = [1, 2, 3].map((seed) => {
    const next = randomNumbers(seed);
    return new Map(
      inputs.map(({ name = "", type }) => {
        const size = type!.tensor_type!.shape!.dim.map(({ dim_value }) => Number(dim_value));
        const count = size.reduce((product, each) => product * each, 1);
        // What has no batch is the same for all samples.
        const values = size.length === 1 ? [0.5] : Array.from({ length: count }, () => Math.fround(2 * next() - 1));
        return [name, dense(size, values)];
      }),
    );
  });
  return checkOpened(source, feeds, mayScan);
}

const reasonOf = async (graph: GraphProto, fields: Partial<ModelProto> = {}) => {
  const result = await opened(graph, false, fields);
  return "reason" in result ? result.reason : undefined;
};

async function partsOf(graph: GraphProto, fields: Partial<ModelProto> = {}): Promise<readonly (readonly string[])[]> {
  const { model } = (await opened(graph, true, fields)) as OpenedBatch;
  const scans = model.graph.node.filter(({ op_type }) => op_type === "Scan");
  return scans.map((node) =>
    subgraphs(node)[0]!
      .node.map(({ op_type = "" }) => op_type)
      .filter((op) => op !== "Unsqueeze"),
  );
}

const WINDOWS = graphWith(
  [
    line("a = Conv x k", PADS),
    "cut = Reshape a halves",
    line("front = Transpose cut", { perm: ints(0, 2, 3, 4, 1) }),
    "rows = Reshape front joined",
    line("columns = Transpose rows", { perm: ints(0, 2, 1) }),
    "products = MatMul rows columns",
    "weights = Softmax products",
    "mixed = MatMul weights rows",
    "apart = Reshape mixed backed",
    line("back = Transpose apart", { perm: ints(0, 4, 1, 2, 3) }),
    "whole = Reshape back all",
    line("y = Conv whole k", PADS),
  ],
  {
    initializer: [
      KERNEL,
      integers("halves", 1, 4, 2, 3, 6),
      integers("joined", -1, 18, 4),
      integers("backed", 1, 2, 3, 6, 4),
      integers("all", 1, 4, 6, 6),
    ],
  },
);

describe("views", () => {
  it("may put the batch elsewhere and back", async () => {
    const graph = graphWith(
      [line("t = Transpose x", { perm: ints(1, 0, 2, 3) }), "f = Reshape t flat", "y = Reshape f all"],
      {
        initializer: [integers("flat", 24, 6), integers("all", 1, 4, 6, 6)],
      },
    );
    const { model } = (await opened(graph)) as OpenedBatch;
    expect(linesOf(model.graph)).toEqual(["y = Reshape x batch/0x4x6x6"]);
  });

  it("stay views beside what runs apart", async () => {
    const graph = graphWith(
      [
        line("t = Transpose x", { perm: ints(1, 0, 2, 3) }),
        "r = Reshape t all",
        line("m = ReduceMean r", { axes: ints(0), keepdims: { i: 1 } }),
        "y = Relu m",
      ],
      { initializer: [integers("all", 1, 4, 6, 6)] },
    );
    expect(await partsOf(graph)).toEqual([["ReduceMean"]]);
  });

  it("are refused where the order changes, or the value is read in between", async () => {
    const perm = { perm: ints(2, 0, 1, 3) };
    const initializer = [integers("all", 1, 4, 6, 6)];
    const turned = graphWith([line("t = Transpose x", perm), "y = Reshape t all"], { initializer });
    expect(await reasonOf(turned)).toMatch(/moves the first axis/);
    const moved = { perm: ints(1, 0, 2, 3) };
    const read = graphWith([line("t = Transpose x", moved), "a = Abs t", "y = Reshape a all"], { initializer });
    expect(await reasonOf(read)).toMatch(/its input "t"/);
  });
});

describe("sizes", () => {
  it("that are read of a shape are the same for all samples", async () => {
    const graph = graphWith(
      [
        "shape = Shape x",
        "size = Gather shape i1",
        "half = Div size i2",
        "a = Slice x i0 half i1",
        "b = Slice x half size i1",
        line("c = Concat b a", { axis: { i: 1 } }),
        "rows = Reshape c flat",
        "e = Exp rows",
        "y = Reshape e shape",
      ],
      { initializer: [integers("i0", 0), integers("i1", 1), integers("i2", 2), integers("flat", 1, 4, 36)] },
    );
    expect(await reasonOf(graph)).toBeUndefined();
  });

  it("of a constant are those of one sample", async () => {
    const graph = graphWith(["shape = Shape x", "zeros = ConstantOfShape shape", "y = Add x zeros"]);
    expect(await reasonOf(graph)).toBeUndefined();
  });

  it("stay computed where callers can give others", async () => {
    const given = { input: [picture("x"), build.valueInfo("all", "INT64", [4])] };
    const graph = graphWith(["y = Reshape x all"], { ...given, initializer: [integers("all", 1, 4, 6, 6)] });
    expect(await reasonOf(graph)).toBe("its shape is an input");
  });

  it("that depend on the sample are refused", async () => {
    const nodes = [
      line("m = ReduceMax x", { axes: ints(1, 2, 3), keepdims: { i: 0 } }),
      line("n = Cast m", { to: { i: 7 } }),
    ];
    const graph = graphWith([...nodes, "s = Slice x i0 n i1", line("y = ReduceMean s", { axes: ints(1, 2, 3) })], {
      output: [picture("y", [1, 1, 1, 1])],
      initializer: [integers("i0", 0), integers("i1", 1)],
    });
    expect(await reasonOf(graph)).toMatch(/input 2 depends on the sample/);
  });
});

describe("parts that run sample by sample", () => {
  it("are windows of attention, and no convolution around them", async () => {
    expect(await reasonOf(WINDOWS)).toMatch(/its input "rows"/);
    const [part, ...others] = await partsOf(WINDOWS);
    expect(others).toEqual([]);
    expect(part).toEqual(["Reshape", "Transpose", "MatMul", "Softmax", "MatMul", "Reshape"]);
  });

  it("hold branches, which may read samples from around them", async () => {
    const branch = (op: string) => ({
      g: build.graph({ name: op, node: [line(`${op} = ${op} a`)], output: [picture(op)] }),
    });
    const graph = graphWith(
      [
        line("a = Conv x k", PADS),
        line("m = ReduceMax x", { keepdims: { i: 0 } }),
        "c = Greater m zero",
        line("b = If c", { then_branch: branch("Neg"), else_branch: branch("Abs") }),
        line("y = Conv b k", PADS),
      ],
      { initializer: [KERNEL, weights("zero", [])] },
    );
    expect(await reasonOf(graph)).toMatch(/all axes/);
    expect(await partsOf(graph)).toEqual([["ReduceMax", "Greater", "If"]]);
  });

  it("hold calls of functions, whatever their names", async () => {
    const twice = build.record("FunctionProto", {
      name: "Relu",
      domain: "own",
      input: ["a"],
      output: ["b"],
      node: [line("b = Add a a")],
      opset_import: [build.opset(17)],
    });
    const fields = { functions: [twice], opset_import: [build.opset(17), build.opset(1, "own")] };
    const graph = graphWith([{ ...line("a = Relu x"), domain: "own" }, "y = Exp a"], { value_info: [picture("a")] });
    expect(await reasonOf(graph, fields)).toMatch(/is not known what Relu/);
    expect(await partsOf(graph, fields)).toEqual([["Relu"]]);
  });
});

describe("ports", () => {
  it("of a vector are the same for all samples, those of more axes are samples", async () => {
    const graph = graphWith(["a = Mul x s", "y = Add a z"], {
      input: [picture("x"), picture("s", [1]), picture("z", [1, 4, 1, 1])],
    });
    const { model, symbol } = (await opened(graph)) as OpenedBatch;
    const first = model.graph.input.map(({ type }) => type!.tensor_type!.shape!.dim[0]!.dim_param);
    expect(first).toEqual([symbol, undefined, symbol]);
  });

  it("that no sample reaches stay as they are", async () => {
    const graph = graphWith(["y = Relu x", "z = Abs k"], {
      output: [picture("y"), picture("z", [4, 4, 3, 3]), picture("k", [4, 4, 3, 3])],
      initializer: [KERNEL],
    });
    expect(await reasonOf(graph)).toBeUndefined();
  });

  it("whose batch is elsewhere are refused", async () => {
    const graph = graphWith([line("y = Transpose x", { perm: ints(1, 0, 2, 3) })], {
      output: [picture("y", [4, 1, 6, 6])],
    });
    expect(await opened(graph, true)).toEqual({
      node: "y",
      reason: "an output does not have its batch as the first axis",
    });
  });

  it("have a batch of one, or none is opened", async () => {
    const result = await opened(
      graphWith(["y = Relu x"], { input: [picture("x", [2, 4, 6, 6])], output: [picture("y", [2, 4, 6, 6])] }),
    );
    expect(result).toEqual({ node: "x", reason: "no input has a batch of 1" });
  });

  it("keep their names where the graph has a size of the name already", async () => {
    const graph = graphWith(["y = Relu x"], {
      input: [picture("x", [1, 4, "batch", 6])],
      output: [picture("y", [1, 4, "batch", 6])],
    });
    const bytes = await encoded(modelOf(graph));
    const source = (await decodeGraph(bytesSource("source", bytes))).message as ModelWithGraph;
    const feed = (seed: number) =>
      new Map([
        [
          "x",
          dense(
            [1, 4, 2, 6],
            Array.from({ length: 48 }, (_, i) => i - 20 * seed),
          ),
        ],
      ]);
    expect(await checkOpened(source, [feed(1), feed(2), feed(3)], false)).toMatchObject({ symbol: "batch#2" });
  });
});
