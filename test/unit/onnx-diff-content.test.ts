/** `smxc diff` goes by what a model holds, however it is shown; each pair differs in what a display hides. */
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { type DiffSide, diffModels } from "../../src/onnx/diff/diff.js";
import { type Plain, writeRecord } from "./onnx-support/write-record.js";

const value = (name: string): Plain => ({ name, type: { tensor_type: { elem_type: 1, shape: { dim: [] } } } });

function model(graph: Plain, more: Plain = {}): Plain {
  return {
    ir_version: 8,
    opset_import: [{ domain: "", version: 17 }],
    graph: { name: "g", input: [value("x")], output: [value("y")], ...graph },
    ...more,
  };
}

async function side(made: Plain): Promise<DiffSide> {
  return {
    model: await decodeModel(bytesSource("m", Uint8Array.from(writeRecord("ModelProto", made)))),
    readExternal: () => Promise.reject(new Error("there is no external data")),
  };
}

async function said(a: Plain, b: Plain): Promise<readonly string[]> {
  const { changes } = await diffModels(await side(a), await side(b), 0);
  return changes.map(({ kind, place, message }) => `${kind} ${place}: ${message}`);
}

const holding = (attribute: Plain): Plain =>
  model({
    node: [{ op_type: "Foo", domain: "c", input: ["x"], output: ["y"], attribute: [{ name: "a", ...attribute }] }],
  });

const bytes = (text: string): readonly number[] => [...new TextEncoder().encode(text)];
const many = (last: string): Plain => ({ type: 8, strings: [...new Array(17).fill(bytes("x")), bytes(last)] });
const lone = (op: string): Plain => ({
  name: "s",
  node: [{ op_type: op, input: ["x"], output: ["z"] }],
  output: [value("z")],
});

describe("attributes", () => {
  it.each<[string, Plain, Plain, string]>([
    [
      "long texts",
      { type: 3, s: bytes("a".repeat(16_000)) },
      { type: 3, s: bytes("b".repeat(16_000)) },
      "(16,000 bytes)",
    ],
    [
      "long texts with one head",
      { type: 3, s: bytes(`${"a".repeat(5000)}1`) },
      { type: 3, s: bytes(`${"a".repeat(5000)}2`) },
      "changed in a part that is not shown here",
    ],
    ["bytes that are no text", { type: 3, s: [255] }, { type: 3, s: [254] }, "the bytes ff became the bytes fe"],
    [
      "texts past those that are shown",
      many("\u{1F600}"),
      many("\u{1F601}"),
      "changed in a part that is not shown here",
    ],
    ["types", { type: 1, f: 1 }, { type: 2, i: 1 }, "FLOAT 1 became INT 1"],
    ["a zero's sign", { type: 1, f: 0 }, { type: 1, f: -0 }, "0 became -0"],
    ["whether there is a type", { type: 1, f: 1 }, { f: 1 }, "FLOAT 1 became untyped 1"],
    [
      "what a function hands on",
      { type: 1, ref_attr_name: "p" },
      { type: 1, ref_attr_name: "q" },
      "function's p became",
    ],
    ["lists of graphs", { type: 10, graphs: [lone("Relu")] }, { type: 10, graphs: [lone("Neg")] }, "Relu became Neg"],
  ])("that differ in %s are told", async (_, a, b, message) => {
    const changes = await said(holding(a), holding(b));
    expect(changes).toHaveLength(1);
    expect(changes[0]).toContain(message);
    expect(await said(holding(a), holding(a))).toEqual([]);
  });

  it("are the same where a NaN is one, and where a default is written", async () => {
    expect(await said(holding({ type: 1, f: Number.NaN }), holding({ type: 1, f: Number.NaN }))).toEqual([]);
    expect(await said(holding({ type: 2 }), holding({ type: 2, i: 0 }))).toEqual([]);
  });
});

describe("wiring", () => {
  const two = (first: string, second: string): Plain =>
    model({
      output: [value("y"), value("z")],
      node: [
        { op_type: "Relu", input: ["x"], output: [first] },
        { op_type: "Neg", input: ["x"], output: [second] },
      ],
    });

  it("of outputs is followed to the nodes that make them", async () => {
    expect(await said(two("y", "z"), two("z", "y"))).toEqual([
      'interface output[0]: "y" became "z", there "y"',
      'interface output[1]: "z" became "y", there "z"',
    ]);
  });

  it("of a body's outputs is followed too", async () => {
    const choice = (outputs: readonly string[]): Plain => {
      const branch: Plain = {
        name: "b",
        node: [
          { op_type: "Relu", input: ["x"], output: ["p"] },
          { op_type: "Neg", input: ["x"], output: ["q"] },
        ],
        output: outputs.map(value),
      };
      const attribute = [
        { name: "then_branch", type: 5, g: branch },
        { name: "else_branch", type: 5, g: branch },
      ];
      return model({ node: [{ op_type: "If", input: ["x"], output: ["y", "u"], attribute }] });
    };
    expect(await said(choice(["p", "q"]), choice(["q", "p"]))).toHaveLength(4);
    expect(await said(choice(["p", "q"]), choice(["p", "q"]))).toEqual([]);
  });

  it("of weights that whoever runs the graph may give is that of their names", async () => {
    const weight = (name: string): Plain => ({ name, dims: [], data_type: 1, float_data: [1] });
    const sum = (order: readonly string[], isInput: boolean): Plain =>
      model({
        input: [value("x"), ...(isInput ? [value("w"), value("v")] : [])],
        initializer: [weight("w"), weight("v")],
        node: [{ op_type: "Sum", input: ["x", ...order], output: ["y"] }],
      });
    expect(await said(sum(["w", "v"], false), sum(["v", "w"], false))).toEqual([]);
    expect(await said(sum(["w", "v"], true), sum(["v", "w"], true))).not.toEqual([]);
  });

  it("counts outputs that nobody reads: Split divides by them", async () => {
    const split = (outputs: readonly string[]): Plain =>
      model({ node: [{ op_type: "Split", input: ["x"], output: outputs }] });
    expect(await said(split(["y", "a"]), split(["y", "a", "b"]))).toEqual(['node node "y": 2 outputs became 3']);
  });

  it("goes by weights of graphs around, whatever they are called", async () => {
    const scan = (name: string, number: number): Plain =>
      model({
        initializer: [{ name, dims: [], data_type: 1, float_data: [number] }],
        node: [
          {
            op_type: "Loop",
            input: ["x"],
            output: ["y"],
            attribute: [
              {
                name: "body",
                type: 5,
                g: { name: "b", output: [value("r")], node: [{ op_type: "Neg", input: [name], output: ["r"] }] },
              },
            ],
          },
        ],
      });
    expect(await said(scan("w", 1), scan("v", 1))).toEqual([]);
    expect(await said(scan("w", 1), scan("v", 2))).toEqual(["weight w: 1 of 1 values differ by up to 1.00e+0"]);
  });
});

describe("weights", () => {
  const read = (tensor: Plain): Plain =>
    model({
      initializer: [{ name: "w", dims: [1], ...tensor }],
      node: [{ op_type: "Add", input: ["x", "w"], output: ["y"] }],
    });

  it.each<[string, Plain, Plain, string]>([
    [
      "integers past 2^53",
      { data_type: 7, int64_data: [2 ** 53] },
      { data_type: 7, raw_data: [1, 0, 0, 0, 0, 0, 32, 0] },
      "1 of 1 values differ by up to 1.00e+0",
    ],
    ["texts", { data_type: 8, string_data: [[255]] }, { data_type: 8, string_data: [[254]] }, "values differ"],
    [
      "two fields of values",
      { data_type: 1, float_data: [1], raw_data: [0, 0, 128, 63] },
      { data_type: 1, raw_data: [0, 0, 128, 63] },
      "fields other than its values differ",
    ],
  ])("that differ in %s are told", async (_, a, b, message) => {
    expect(await said(read(a), read(b))).toEqual([`weight w: ${message}`]);
  });

  it("of many texts, and long ones, are compared", async () => {
    const texts = (last: string): Plain =>
      read({ dims: [2], data_type: 8, string_data: [bytes("a".repeat(300_000)), bytes(last)] });
    expect(await said(texts("b"), texts("b"))).toEqual([]);
    expect(await said(texts("b"), texts("c"))).toEqual(["weight w: values differ"]);
  });
});

describe("large graphs", () => {
  const COUNT = 50_000;
  const all = <T>(make: (i: number) => T): T[] => Array.from({ length: COUNT }, (_, i) => make(i));

  /** Two seconds at most; each took minutes where the time grew with the square of the count. */
  it.each<[string, () => Plain]>([
    [
      "attributes of one node",
      () =>
        model({
          node: [
            { op_type: "Foo", input: ["x"], output: ["y"], attribute: all((i) => ({ name: `a${i}`, type: 2, i })) },
          ],
        }),
    ],
    [
      "readers of one value",
      () =>
        model({
          node: [
            { op_type: "Neg", input: ["x"], output: ["y"] },
            ...all((i) => ({ op_type: "Relu", input: ["y"], output: [`v${i}`] })),
          ],
        }),
    ],
    [
      "inputs",
      () =>
        model({
          input: all((i) => value(`x${i}`)),
          node: [{ op_type: "Concat", input: all((i) => `x${i}`), output: ["y"] }],
        }),
    ],
    [
      "weights of one name",
      () => model({ initializer: all((i) => ({ name: "w", dims: [], data_type: 1, float_data: [i] })) }),
    ],
  ])("with many %s take no time out of proportion", { timeout: 30_000 }, async (_, make) => {
    const made = await side(make());
    expect((await diffModels(made, made, 0)).changes).toEqual([]);
  });
});
