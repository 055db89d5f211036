/** `smxc inspect` of files whose sizes, functions or figures are out of the ordinary: what is there is shown, and no more is said. */
import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { inspectOnnx, onnxText } from "../../cli/commands/inspect/inspect-onnx.js";
import { openModelFile } from "../../cli/models/open-model.js";
import { scaled } from "../../cli/terminal/scaled.js";
import { temporaryFolder } from "../support/cli.js";
import { type Plain, writeRecord } from "./onnx-support/write-record.js";

const folder = temporaryFolder();
afterAll(folder.remove);

type Size = number | string | bigint | null;

const dimension = (size: Size): Plain =>
  size === null ? {} : typeof size === "string" ? { dim_param: size } : { dim_value: size };

const value = (name: string, sizes?: readonly Size[]): Plain => ({
  name,
  type: { tensor_type: { elem_type: 1, ...(sizes && { shape: { dim: sizes.map(dimension) } }) } },
});

function model(graph: Plain, more: Plain = {}): Plain {
  return {
    ir_version: 8,
    opset_import: [
      { domain: "", version: 17 },
      { domain: "d", version: 1 },
    ],
    graph: { name: "g", ...graph },
    ...more,
  };
}

async function inspect(made: Plain, shape?: readonly number[]) {
  const path = folder.at("m.onnx");
  writeFileSync(path, Uint8Array.from(writeRecord("ModelProto", made)));
  const found = await inspectFile(path, shape);
  const text = onnxText(found).join("\n");
  // The name of a temporary folder may hold anything.
  expect(text.replaceAll(path, "FILE")).not.toMatch(/NaN|Infinity|undefined|-\d/);
  return { found, text };
}

async function inspectFile(path: string, shape?: readonly number[]) {
  const opened = await openModelFile(path, "graph");
  try {
    return await inspectOnnx(opened, shape);
  } finally {
    await opened.close();
  }
}

const kernel = (name: string, ...dims: readonly (number | bigint)[]): Plain => ({ name, dims, data_type: 1 });

const convolution = (input: readonly Size[] | undefined, output?: readonly Size[]): Plain =>
  model({
    input: [value("x", input)],
    output: [value("y", output)],
    initializer: [{ ...kernel("w", 4, 3, 3, 3), float_data: new Array(108).fill(0) }],
    node: [
      {
        op_type: "Conv",
        name: "c",
        input: ["x", "w"],
        output: ["y"],
        attribute: [{ name: "pads", type: 7, ints: [1, 1, 1, 1] }],
      },
    ],
  });

describe("sizes", () => {
  it.each([[-1], [0], [-48], [-(2n ** 63n)], [2n ** 63n - 1n]])(
    "of %s are open: ? in shapes, and --shape fits",
    async (size) => {
      const odd = convolution([size, 3, size, size], [size, 4, size, size]);
      const { found, text } = await inspect(odd);
      expect(text.split("\n")[0]).toBe("g: x [?, 3, ?, ?] → y [?, 4, ?, ?]");
      expect(found).toMatchObject({ macs: 48 * 48 * 108, measuredAt: [{ name: "x", shape: [1, 3, 48, 48] }] });
      expect(found.layers[0]).toMatchObject({ shape: [null, 4, null, null], macs: 48 * 48 * 108 });
      expect((await inspect(odd, [2, 3, 10, 20])).found.macs).toBe(2 * 200 * 108);
      await expect(inspect(odd, [1, 4, 8, 8])).rejects.toMatchObject({ kind: "usage" });
    },
  );

  it("that become nothing on the way are not known, and no work is counted for them", async () => {
    const { found, text } = await inspect({
      ...convolution([1, 3, 2, 2]),
      graph: {
        ...(convolution([1, 3, 2, 2]).graph as Plain),
        node: [
          {
            op_type: "Conv",
            name: "c",
            input: ["x", "w"],
            output: ["y"],
            attribute: [{ name: "dilations", type: 7, ints: [9, 9] }],
          },
        ],
      },
    });
    expect(found).toMatchObject({ macs: 0, uncounted: 1, unknownActivations: 1 });
    expect(text).toContain("? MACs for x [1, 3, 2, 2]");
    expect(text).toContain("activations at least");
  });

  it("of an input without a shape are what --shape says", async () => {
    expect((await inspect(convolution(undefined))).found).toMatchObject({ macs: 0, uncounted: 1 });
    expect((await inspect(convolution(undefined), [1, 3, 10, 10])).found.macs).toBe(100 * 108);
  });
});

describe("files that the official checker refuses", () => {
  it("are shown with what follows, and a note of the findings", async () => {
    const { found, text } = await inspect(convolution(["N", 3, "H", "W"]));
    expect(text.split("\n")[0]).toBe("g: x [N, 3, H, W] → y [N, 4, H, W]");
    expect(found.findings).toEqual({
      count: 1,
      first: [{ rule: "onnx/value-shape", place: 'graph.output[0] "y"', message: "has no shape" }],
    });
    expect(text).toContain(
      'the official checker refuses this file: graph.output[0] "y" has no shape (onnx/value-shape)',
    );
  });

  it("of many findings tell the first of them, and how many more there are", async () => {
    const initializer = Array.from({ length: 20_000 }, (_, i) => kernel(`w${i}`, 1));
    const { found, text } = await inspect(model({ input: [value("x", [1])], output: [value("x", [1])], initializer }));
    expect(found.findings.count).toBe(20_000);
    expect(found.findings.first).toHaveLength(3);
    expect(text).toMatch(/; and 19,997 more; list all findings with smxc check /);
    expect(text.length).toBeLessThan(2000);
  });

  it.each<[string, Plain]>([
    ["nothing but names", model({ node: [{ op_type: "Relu", input: ["x"], output: ["y"] }] })],
    ["no operator", model({ node: [{}] })],
    ["an operator of no opset", { graph: { node: [{ op_type: "Conv", input: ["x"], output: ["y"] }] } }],
    [
      "an input of an operator that takes none",
      model({
        input: [value("x", [1])],
        output: [value("y", [1])],
        node: [
          { op_type: "Constant", input: ["x"], output: ["y"], attribute: [{ name: "value_float", type: 1, f: 1 }] },
        ],
      }),
    ],
    ["a circle", model({ node: [{ op_type: "Add", input: ["a", "b"], output: ["b"] }] })],
    [
      "functions that call each other",
      model(
        { node: [{ op_type: "A", domain: "d", output: ["y"] }] },
        {
          functions: [
            { name: "A", domain: "d", output: ["y"], node: [{ op_type: "B", domain: "d", output: ["y"] }] },
            { name: "B", domain: "d", output: ["y"], node: [{ op_type: "A", domain: "d", output: ["y"] }] },
          ],
        },
      ),
    ],
  ])("since they hold %s are shown", async (_, made) => {
    expect((await inspect(made)).found.findings.count).toBeGreaterThan(0);
  });

  it("of no graph are errors, and files that are no models too", async () => {
    await expect(inspect({ ir_version: 8 })).rejects.toMatchObject({ diagnostics: [{ code: "onnx/no-graph" }] });
    writeFileSync(folder.at("text.onnx"), "no model at all");
    await expect(inspectFile(folder.at("text.onnx"))).rejects.toThrow();
  });
});

describe("functions", () => {
  /** Each calls the one before it `times` times. */
  const chain = (length: number, times: number): Plain => {
    const call = (i: number): Plain[] =>
      Array.from({ length: times }, (_, n) => ({
        op_type: `f${i}`,
        domain: "d",
        input: [n === 0 ? "a" : `t${n}`],
        output: [n === times - 1 ? "b" : `t${n + 1}`],
      }));
    const functions = Array.from({ length }, (_, i) => ({
      name: `f${i}`,
      domain: "d",
      input: ["a"],
      output: ["b"],
      opset_import: [
        { domain: "", version: 17 },
        { domain: "d", version: 1 },
      ],
      node: i === 0 ? [{ op_type: "Relu", input: ["a"], output: ["b"] }] : call(i - 1),
    }));
    const node = [{ op_type: `f${length - 1}`, domain: "d", name: "top", input: ["x"], output: ["y"] }];
    return model({ input: [value("x", [1])], output: [value("y", [1])], node }, { functions });
  };

  it.each([[3], [31]])(
    "in a chain of %i that call each other twice hold each node as often as it runs",
    async (length) => {
      const { found } = await inspect(chain(length, 2));
      // 2^i calls of each, the Relus in the last one, and the call in the graph.
      expect(found.nodes).toBe(3 * 2 ** (length - 1) - 1);
      expect(found.operators.find(({ op }) => op === "Relu")?.count).toBe(2 ** (length - 1));
    },
  );

  it.each([
    [201, 2, "about 4.8e60 nodes"],
    [500, 9, "more than 1.0e300 nodes"],
  ])("in a chain of %i that call each other %i times are counted, not listed", async (length, times, said) => {
    const { found, text } = await inspect(chain(length, times));
    expect(found.layers).toHaveLength(1);
    expect(text).toContain(said);
    expect(text).toContain("note: not counted: the MACs of 1 call of functions that hold");
    expect(JSON.stringify({ ...found, metadata: [] }).length).toBeLessThan(100_000);
  });

  it("that are small are looked into, beside those that are not", async () => {
    const both = chain(40, 2);
    const [top] = (both.graph as { readonly node: readonly Plain[] }).node;
    const small = { op_type: "f1", domain: "d", name: "small", input: ["y"], output: ["z"] };
    const { found } = await inspect({ ...both, graph: { ...(both.graph as Plain), node: [top, small] } });
    expect(found.layers.map(({ name, macs }) => [name, macs])).toEqual([
      ["top", null],
      ["small", 0],
      ["small/t1", 0],
      ["small/t1/b", 0],
      ["small/b", 0],
      ["small/b/b", 0],
    ]);
  });
});

describe("text", () => {
  it("of many layers, long names and many dimensions is cut", async () => {
    const long = "n".repeat(10_000);
    const node = Array.from({ length: 2000 }, (_, i) => ({
      op_type: "Relu",
      name: i === 0 ? long : "",
      input: [`v${i}`],
      output: [`v${i + 1}`],
    }));
    const { found, text } = await inspect(
      model({
        input: [value("v0", [long, ...new Array(40).fill(2)])],
        output: [value("v2000", new Array(41).fill(null))],
        node,
      }),
    );
    expect(found.layers).toHaveLength(2000);
    expect(text).toContain("… and 1,500 more layers; --json lists all");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(1000);
  });

  it("of figures past 2^53 says about", async () => {
    const huge = 2n ** 40n;
    const { text } = await inspect(
      model({
        input: [value("x", [huge, huge])],
        output: [value("y", [huge, huge])],
        node: [{ op_type: "MatMul", name: "m", input: ["x", "x"], output: ["y"] }],
      }),
    );
    expect(text).toContain("about 1.3e36 MACs");
  });

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [999_999, "1.00 MB"],
    [123_456_789, "123 MB"],
    [9.99e14, "999 TB"],
    [1.25e18, "about 1.3e18 B"],
    [1e300, "more than 1.0e300 B"],
  ])("of %f bytes is %s", (figure, text) => {
    expect(scaled(figure, "B")).toBe(text);
  });
});

it("a node may have more inputs than a call takes arguments", async () => {
  const many = (name: string) => new Array<string>(130_000).fill(name);
  const { text } = await inspect(
    model({
      input: [value("x", [1, "N"]), value("k", [1, 1])],
      output: [value("y", [null]), value("z", [null, null])],
      initializer: [{ name: "c", dims: [1], data_type: 7, int64_data: [-1] }],
      node: [
        { op_type: "Max", input: many("c"), output: ["m"] },
        { op_type: "Reshape", input: ["x", "m"], output: ["y"] },
        { op_type: "Sum", input: many("k"), output: ["s"] },
        { op_type: "MatMul", input: ["s", "x"], output: ["z"] },
      ],
    }),
  );
  expect(text).toContain("Max 1");
});
