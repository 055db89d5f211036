/** Rewrites of ONNX graphs: parts that take the place of nodes, orders, names, parts as models. */
import "../support/seed.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { encodeModel } from "../../src/onnx/encode.js";
import * as build from "../../src/onnx/graph/build.js";
import { extract, withOutputs } from "../../src/onnx/rewrite/extract.js";
import { namesRead } from "../../src/onnx/rewrite/names.js";
import { sortedBlocks } from "../../src/onnx/rewrite/sort-blocks.js";
import { splice } from "../../src/onnx/rewrite/splice.js";
import { withExternalData } from "../../src/onnx/rewrite/with-external-data.js";
import { graphOf, line, linesOf, modelOf, weights } from "../support/onnx-graphs.js";
import { encoded } from "../support/sessions.js";

const names = (values: readonly { readonly name: string | undefined }[]): readonly (string | undefined)[] =>
  values.map(({ name }) => name);

describe("splice", () => {
  const chain = ["a = Conv x w", "b = Relu a", "c = Abs b", "d = Conv c w", "e = Neg d"];

  it("puts a part in the place of nodes, and leaves all others as they are", () => {
    const graph = graphOf("x", chain, "e", { initializer: [weights("w", [12, 12, 1, 1])] });
    const part = graphOf("x", ["i = Fast x w", "b = Neg i"], "b", { initializer: [weights("w", [3])] });
    const result = splice(graph, [{ nodes: [0, 1], graph: part }]);
    expect(linesOf(result)).toEqual(["i = Fast x w#2", "b = Neg i", "c = Abs b", "d = Conv c w", "e = Neg d"]);
    expect(result.node.slice(2)).toEqual(graph.node.slice(2));
    expect(result.node[2]).toBe(graph.node[2]);
    expect(names(result.initializer)).toEqual(["w", "w#2"]);
  });

  it("keeps what gives the inputs of a part", () => {
    const graph = graphOf("x", chain, "e", { initializer: [weights("w", [12, 12, 1, 1])] });
    const part = graphOf("c", ["d = Fast c"], "d");
    expect(linesOf(splice(graph, [{ nodes: [3], graph: part }]))).toEqual([
      ...chain.slice(0, 3),
      "d = Fast c",
      "e = Neg d",
    ]);
  });

  it("gives parts names that nothing has, inputs and outputs of other parts included", () => {
    const graph = graphOf("x", ["t = Relu x", "u = Relu t", "v = Relu u"], "v");
    const first = graphOf("x", ["u = One x", "u#2 = Two u", "t = Three u#2"], "t");
    const second = graphOf("t", ["u = Four t", "v = Five u"], "v");
    const result = splice(graph, [
      { nodes: [0], graph: first },
      { nodes: [1, 2], graph: second },
    ]);
    expect(linesOf(result)).toEqual(["u = One x", "u#2 = Two u", "t = Three u#2", "u#3 = Four t", "v = Five u#3"]);
    const crossing = graphOf("x", ["u = One x", "t = Two u"], "t");
    const showing = graphOf("t", ["u = Three t"], "u");
    const both = splice(graph, [
      { nodes: [0], graph: crossing },
      { nodes: [1], graph: showing },
    ]);
    expect(linesOf(both)).toEqual(["u#2 = One x", "t = Two u#2", "u = Three t", "v = Relu u"]);
  });

  it("renames inside of sub-graphs, and takes no name from one", () => {
    const body = graphOf("s", ["t = Abs s", "y = Add t w"], "y");
    const loop = line("z = Scan x", { body: { g: graphOf("q", ["i = Neg q"], "i") } });
    const graph = graphOf("x", ["a = Relu x", loop, "o = Add a z"], "o");
    const part = graphOf("x", ["i = Abs x", line("a = Scan i", { body: { g: body } })], "a", {
      initializer: [weights("w", [1])],
    });
    const result = splice(graph, [{ nodes: [0], graph: part }]);
    const inner = result.node.find(({ op_type }) => op_type === "Scan")!;
    expect(linesOf(result)).toEqual(["i#2 = Abs x", "a = Scan i#2", "z = Scan x", "o = Add a z"]);
    expect(linesOf(inner.attribute[0]!.g!)).toEqual(["t = Abs s", "y = Add t w"]);
  });

  it("takes away what only the nodes read, and leaves what nobody ever read", () => {
    const graph = graphOf(
      "x",
      [
        line("k = Constant", { value: { t: weights("", [2]) } }),
        "s = Shape x",
        "t = Identity s",
        "a = Reshape x t",
        "b = Pad a k p",
        "dead = Relu x",
        "deader = Abs dead",
      ],
      "b",
      {
        initializer: [weights("unused", [1]), weights("p", [2])],
        value_info: [build.valueInfo("s", "INT64", [4]), build.valueInfo("p", "FLOAT", [2])],
      },
    );
    const part = graphOf("x", ["b = Fast x"], "b");
    const result = splice(graph, [{ nodes: [3, 4], graph: part }]);
    expect(linesOf(result)).toEqual(["b = Fast x", "dead = Relu x", "deader = Abs dead"]);
    expect(names(result.initializer)).toEqual(["unused"]);
    expect(result.value_info).toEqual([]);
  });

  it("keeps what outputs, sub-graphs and other outputs of a node still need", () => {
    const inner = line("z = If cond", {
      then_branch: { g: graphOf("x", ["i = Identity shared"], "i", { input: [] }) },
    });
    const nodes = ["l r = Split x", "shared = Abs l", "a = Add l shared", inner, "b = Add r z"];
    const graph = graphOf("x", nodes, "a b shared", { initializer: [weights("w", [1])] });
    const part = graphOf("x", ["a = Fast x"], "a");
    expect(linesOf(splice(graph, [{ nodes: [2], graph: part }]))).toEqual([
      "l r = Split x",
      "shared = Abs l",
      "a = Fast x",
      "z = If cond",
      "b = Add r z",
    ]);
  });

  it("says once what values are, as the graph around has said it", () => {
    const graph = graphOf("x", ["a = Relu x", "b = Abs a", "c = Abs b"], "c", {
      value_info: [build.valueInfo("a", "FLOAT", [1]), build.valueInfo("b", "FLOAT", ["B"])],
    });
    const part = graphOf("x", ["i = Fast x", "b = Fast i"], "b", { value_info: [build.valueInfo("i", "FLOAT", [2])] });
    const result = splice(graph, [{ nodes: [0, 1], graph: part }]);
    expect(result.value_info).toEqual([build.valueInfo("b", "FLOAT", ["B"]), build.valueInfo("i", "FLOAT", [2])]);
    expect(result.input).toBe(graph.input);
    expect(result.output).toBe(graph.output);
  });
});

describe("the order of blocks", () => {
  it("is as it was where that can be", () => {
    const nodes = ["a = A x", "b = B x", "c = C a b"].map((text) => line(text));
    expect(sortedBlocks(nodes.map((node, at) => ({ at, nodes: [node] })))).toEqual(nodes);
  });

  it("puts before a block what it reads", () => {
    const [a, b, c, d] = ["a = A x", "b = B a", "c = C b", "d = D c"].map((text) => line(text));
    const blocks = [
      { at: 0, nodes: [a!] },
      { at: 1, nodes: [line("z = Z d"), line("y = Y z")] },
      { at: 2, nodes: [b!] },
      { at: 3, nodes: [c!] },
      { at: 4, nodes: [d!] },
    ];
    expect(sortedBlocks(blocks).map(({ op_type }) => op_type)).toEqual(["A", "B", "C", "D", "Z", "Y"]);
  });

  it("is none where blocks read each other", () => {
    const blocks = [
      { at: 0, nodes: [line("a = A c")] },
      { at: 1, nodes: [line("c = C a")] },
    ];
    expect(() => sortedBlocks(blocks)).toThrow(RangeError);
  });

  it("is one for any graph, however its nodes were mixed, and for deep ones", () => {
    const graph = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 30 }).chain((reads) =>
      fc.record({
        reads: fc.constant(reads),
        mixed: fc.shuffledSubarray([...reads.keys()], { minLength: reads.length }),
      }),
    );
    fc.assert(
      fc.property(graph, ({ reads, mixed }) => {
        const nodes = reads.map((givers, n) =>
          build.node(
            "Op",
            givers.map((at) => (n === 0 ? "x" : `v${at % n}`)),
            [`v${n}`],
          ),
        );
        const sorted = sortedBlocks(mixed.map((index, at) => ({ at, nodes: [nodes[index]!] })));
        expect(new Set(sorted)).toEqual(new Set(nodes));
        const given = new Set(["x"]);
        for (const { input, output } of sorted) {
          expect([...given]).toEqual(expect.arrayContaining([...input]));
          given.add(output[0]!);
        }
      }),
      { numRuns: 100 },
    );
    const deep = Array.from({ length: 20_000 }, (_, n) => line(`v${n + 1} = Op v${n}`));
    const reversed = deep.toReversed().map((node, at) => ({ at, nodes: [node] }));
    expect(sortedBlocks(reversed)).toEqual(deep);
  });
});

describe("what a node reads", () => {
  it("is what its sub-graphs read from around too, and not what they define", () => {
    const inner = graphOf(
      "i",
      [
        line("z = If q", { else_branch: { g: graphOf("x", ["d = Abs deep"], "d", { input: [] }) } }),
        "w = Add k z",
        "v = Add i w",
      ],
      "v shown",
      {
        initializer: [weights("k", [1])],
      },
    );
    expect([...namesRead(line("y = Scan a -", { body: { g: inner } }))].sort()).toEqual(["a", "deep", "q", "shown"]);
  });

  it("is a name that the sub-graph defines only later", () => {
    const inner = graphOf("i", ["b = Abs t", "t = Abs b"], "t");
    expect([...namesRead(line("y = Scan a", { body: { g: inner } }))]).toEqual(["a", "t"]);
  });
});

describe("a part as a model", () => {
  const model = modelOf(
    graphOf("x y", ["a = Conv x w", "b = Relu a", "c = Add b y"], "c", {
      initializer: [weights("w", [12, 12, 1, 1]), weights("u", [1])],
      value_info: [build.valueInfo("a", "FLOAT"), build.valueInfo("b", "FLOAT")],
    }),
  );

  it("is what leads to the values and nothing else", () => {
    const { graph } = extract(model, [build.valueInfo("b", "FLOAT")]);
    expect(linesOf(graph!)).toEqual(["a = Conv x w", "b = Relu a"]);
    expect([graph!.input, graph!.initializer, graph!.output, graph!.value_info].map(names)).toEqual([
      ["x"],
      ["w"],
      ["b"],
      ["a", "b"],
    ]);
  });

  it("may be an input or a constant", () => {
    const { graph } = extract(model, [build.valueInfo("y", "FLOAT"), build.valueInfo("u", "FLOAT")]);
    expect([graph!.node.length, names(graph!.input), names(graph!.initializer)]).toEqual([0, ["y"], ["u"]]);
  });

  it("shows more values", () => {
    expect(names(withOutputs(model, ["a", "c", "b"]).graph!.output)).toEqual(["c", "a", "b"]);
  });
});

describe("external data", () => {
  it("becomes part of a model, in sub-graphs, attributes and functions too", async () => {
    const tensor = weights("w", [2000]);
    const inside = graphOf("x", [line("k = Constant", { value: { t: tensor } })], "k", { initializer: [tensor] });
    const fn = build.record("FunctionProto", {
      name: "F",
      domain: "f",
      output: ["k"],
      opset_import: [build.opset(17)],
      node: [line("k = Constant", { value: { t: tensor } })],
    });
    const model = modelOf(
      graphOf("x", [line("y = If c", { then_branch: { g: inside } })], "y", { initializer: [tensor] }),
      17,
      { functions: [fn] },
    );
    const { data, model: encode } = encodeModel(model, { external: { location: "weights.bin" } });
    const [held, bytes] = [bytesSource("weights.bin", await collect(data)), await collect(encode("0".repeat(64)))];
    const { message } = await decodeModel(bytesSource("m.onnx", bytes));
    expect(message.graph!.initializer[0]!.external_data.length).toBeGreaterThan(0);
    const whole = withExternalData(message, () => held);
    expect(await encoded({ ...whole, metadata_props: [] })).toEqual(await encoded(model));
  });

  it("is refused where it lies outside its file", () => {
    const tensor = build.record("TensorProto", {
      name: "w",
      dims: [4],
      data_type: 1,
      data_location: 1,
      external_data: [build.property("location", "f"), build.property("offset", "8"), build.property("length", "16")],
    });
    const model = modelOf(graphOf("x", ["y = Add x w"], "y", { initializer: [tensor] }));
    expect(() => withExternalData(model, () => bytesSource("f", new Uint8Array(20)))).toThrow(RangeError);
  });
});
