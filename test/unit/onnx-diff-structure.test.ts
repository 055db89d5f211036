/** `smxc diff` matches by structure: what is renamed or moved is no change, and a change is told where it is. */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType as AttributeType, GraphProtoSchema, ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { diffModels } from "../../src/onnx/diff/diff.js";

type GraphInit = MessageInitShape<typeof GraphProtoSchema>;
type NodeInit = NonNullable<GraphInit["node"]>[number];
type ModelInit = MessageInitShape<typeof ModelProtoSchema>;

const [FLOAT, INT64, FLOAT16] = [1, 7, 10];

const value = (name: string) => ({
  name,
  type: { value: { case: "tensorType" as const, value: { elemType: FLOAT, shape: { dim: [] } } } },
});

const weight = (name: string, ...values: readonly number[]) => ({
  name,
  dataType: FLOAT,
  dims: [BigInt(values.length)],
  floatData: [...values],
});

const node = (opType: string, input: readonly string[], output: string, more: Partial<NodeInit> = {}): NodeInit =>
  ({ opType, input: [...input], output: [output], ...more }) as NodeInit;

function model(nodes: readonly NodeInit[], initializer: GraphInit["initializer"] = [], more: ModelInit = {}) {
  const graph = create(GraphProtoSchema, {
    name: "g",
    node: [...nodes],
    initializer,
    input: [value("x")],
    output: [value("y")],
  } as GraphInit);
  return create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: "", version: 17n }], graph, ...more });
}

type Model = ReturnType<typeof model>;

async function side(made: Model) {
  const bytes = toBinary(ModelProtoSchema, made) as Uint8Array<ArrayBuffer>;
  return {
    model: await decodeModel(bytesSource("m", bytes)),
    readExternal: () => Promise.reject(new Error("there is no external data")),
  };
}

async function diff(a: Model, b: Model, tolerance = 0) {
  const { changes, weights } = await diffModels(await side(a), await side(b), tolerance);
  return { said: changes.map(({ kind, place, message }) => `${kind} ${place}: ${message}`), weights };
}

/** A chain of additions with weights that all have one shape; names carry a prefix. */
function chain(prefix: string, ops: readonly string[]): Model {
  const name = (i: number): string => (i === 0 ? "x" : i === ops.length ? "y" : `${prefix}${i}`);
  const nodes = ops.map((op, i) =>
    op === "Add" ? node(op, [name(i), `${prefix}w${i}`], name(i + 1)) : node(op, [name(i)], name(i + 1)),
  );
  const weights = ops.flatMap((op, i) => (op === "Add" ? [weight(`${prefix}w${i}`, i)] : []));
  return model(nodes, weights);
}

describe("structure", () => {
  const ops = ["Add", "Relu", "Add", "Sigmoid", "Add", "Relu", "Add"];

  it("finds a node that was added in a renamed graph, and nothing else", async () => {
    const longer = [...ops.slice(0, 3), "Tanh", ...ops.slice(3)];
    const { said } = await diff(chain("a", ops), chain("b", longer));
    expect(said.filter((line) => line.startsWith("node"))).toEqual(['node node "b4": Tanh was added']);
    expect(said.filter((line) => line.startsWith("input"))).toEqual(['input node "a4" input 0: "a3" became "b4"']);
  });

  it("finds a node that was removed, and one that was replaced", async () => {
    const shorter = [...ops.slice(0, 3), ...ops.slice(4)];
    expect((await diff(chain("a", ops), chain("b", shorter))).said.filter((line) => line.startsWith("node"))).toEqual([
      'node node "a4": Sigmoid was removed',
    ]);
    const other = [...ops.slice(0, 3), "Tanh", ...ops.slice(4)];
    expect((await diff(chain("a", ops), chain("b", other))).said).toEqual(['node node "a4": Sigmoid became Tanh']);
  });

  it("takes branches that differ by their weights only for those of the same weights, whatever their order", async () => {
    const branches = (order: readonly number[], prefix: string): Model =>
      model(
        [
          ...order.flatMap((i) => [
            node("Mul", ["x", `${prefix}w${i}`], `${prefix}m${i}`),
            node("Relu", [`${prefix}m${i}`], `${prefix}r${i}`),
          ]),
          node(
            "Sum",
            [0, 1, 2].map((i) => `${prefix}r${i}`),
            "y",
          ),
        ],
        [2, 0, 1].map((i) => weight(`${prefix}w${i}`, i, 7)),
      );
    expect(await diff(branches([0, 1, 2], "a"), branches([2, 1, 0], "b"))).toEqual({
      said: [],
      weights: { equal: 3, close: 0, different: 0 },
    });
  });

  it("takes Constant nodes and initializers for the same", async () => {
    const t = weight("w", 1, 2);
    const constant = node("Constant", [], "k", {
      attribute: [{ name: "value", type: AttributeType.TENSOR, t }] as never,
    });
    expect(
      (await diff(model([node("Add", ["x", "w"], "y")], [t]), model([constant, node("Add", ["x", "k"], "y")]))).said,
    ).toEqual([]);
  });

  it("compares what is inside sub-graphs and functions, and tensors in attributes", async () => {
    const branch = (op: string, prefix: string) => ({
      name: "branch",
      node: [node("Neg", ["x"], `${prefix}n`), node(op, [`${prefix}n`], `${prefix}z`)],
      output: [value(`${prefix}z`)],
    });
    const choice = (op: string, prefix: string) =>
      model([
        node("Cast", ["x"], `${prefix}c`),
        node("If", [`${prefix}c`], "y", {
          name: "if",
          attribute: [
            { name: "then_branch", type: AttributeType.GRAPH, g: branch(op, `${prefix}t`) },
            { name: "else_branch", type: AttributeType.GRAPH, g: branch("Abs", `${prefix}e`) },
          ] as never,
        }),
      ]);
    expect((await diff(choice("Exp", "a"), choice("Exp", "b"))).said).toEqual([]);
    expect((await diff(choice("Exp", "a"), choice("Log", "b"))).said).toEqual([
      'node node "if" body node "atz": Exp became Log',
    ]);
    const called = (op: string) =>
      model([node("F", ["x"], "y", { domain: "local" })], [], {
        functions: [{ name: "F", domain: "local", input: ["p"], output: ["q"], node: [node(op, ["p"], "q")] }],
      } as ModelInit);
    expect((await diff(called("Exp"), called("Log"))).said).toEqual(['node function "F" node "q": Exp became Log']);
    const filled = (number: number) =>
      model([
        node("ConstantOfShape", ["x"], "y", {
          attribute: [{ name: "value", type: AttributeType.TENSOR, t: weight("", number) }] as never,
        }),
      ]);
    expect((await diff(filled(1), filled(2))).said).toEqual([
      'attribute node "y": value: 1 of 1 values differ by up to 1.00e+0',
    ]);
  });
});

describe("weights", () => {
  const read = (tensor: object) => model([node("Add", ["x", "w"], "y")], [{ name: "w", ...tensor } as never]);
  const bytes = (...values: readonly number[]) => Uint8Array.from(values);

  it.each([
    [
      "INT64",
      { dataType: INT64, dims: [1n], int64Data: [-2n] },
      { dataType: INT64, dims: [1n], rawData: bytes(254, 255, 255, 255, 255, 255, 255, 255) },
    ],
    [
      "FLOAT16",
      { dataType: FLOAT16, dims: [1n], int32Data: [0x3c00] },
      { dataType: FLOAT16, dims: [1n], rawData: bytes(0, 0x3c) },
    ],
    [
      "INT4",
      { dataType: 22, dims: [3n], int32Data: [0x21, 0x03] },
      { dataType: 22, dims: [3n], rawData: bytes(0x21, 0x03) },
    ],
    [
      "STRING",
      { dataType: 8, dims: [1n], stringData: [bytes(65)] },
      { dataType: 8, dims: [1n], stringData: [bytes(65)] },
    ],
  ])("of %s are equal in whatever field they are", async (_, a, b) => {
    expect(await diff(read(a), read(b))).toEqual({ said: [], weights: { equal: 1, close: 0, different: 0 } });
  });

  it("are bit-equal, or within the tolerance: a zero's sign is a bit", async () => {
    const zero = (sign: number) => read({ dataType: FLOAT, dims: [1n], floatData: [sign] });
    expect((await diff(zero(0), zero(-0))).weights).toEqual({ equal: 0, close: 1, different: 0 });
  });

  it("tell how many integers differ, and by how much", async () => {
    const ints = (...values: readonly bigint[]) =>
      read({ dataType: INT64, dims: [BigInt(values.length)], int64Data: [...values] });
    expect((await diff(ints(1n, 2n, 3n), ints(1n, 5n, 4n))).said).toEqual([
      "weight w: 2 of 3 values differ by up to 3.00e+0",
    ]);
  });
});

it("an output that no node makes is no twin of one that a node makes, whatever inner values are called", async () => {
  const split = (hidden: string, shown: string) =>
    model([
      node("Relu", ["x"], hidden),
      node("Two", [hidden], "", { domain: "other", output: [`${hidden}.a`, shown] }),
    ]);
  const { changes } = await diffModels(await side(split("h", "y~")), await side(split("i", "y")), 0);
  expect(changes.map(({ kind }) => kind)).toEqual(["interface"]);
  expect((await diffModels(await side(split("h", "y")), await side(split("i", "y")), 0)).changes).toEqual([]);
});
