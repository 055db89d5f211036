/** ONNX graphs taken in: what is compiled of them, what is left, and what is said of it. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type Accelerated, accelerate } from "../../src/accelerate/accelerate.js";
import { computeConstants } from "../../src/accelerate/compute-constants.js";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { encodeModel } from "../../src/onnx/encode.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelProto, ModelWithGraph } from "../../src/onnx/graph/records.js";
import { withExternalData } from "../../src/onnx/rewrite/with-external-data.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { graphOf, line, linesOf, modelOf, weights } from "../support/onnx-graphs.js";
import { absoluteError, encoded, runGraph } from "../support/sessions.js";

const schemas = await loadSchemas();
const PADS = { pads: { ints: [1, 1, 1, 1] } };
const KERNEL = weights("w", [12, 12, 3, 3]);

const open = (bytes: Uint8Array<ArrayBuffer>) =>
  createNodeSession({ name: "constants", bytes }, { target: "cpu", optimization: "disabled", threads: 1 });

function taken(model: ModelProto, lowering = "winograd-f4x4", compute = true): Accelerated {
  const given = compute ? { compute: computeConstants(model, open) } : {};
  return accelerate({ model: model as ModelWithGraph, ...given }, { lowering }, schemas);
}

/** Expects that both compute the same of random inputs of some size. */
async function expectSame(result: ModelProto, source: ModelProto, size = [2, 12, 7, 9]): Promise<void> {
  const next = randomNumbers(7);
  const initializers = new Set(source.graph!.initializer.map(({ name }) => name));
  const inputs = source.graph!.input.filter(({ name }) => !initializers.has(name));
  const count = size.reduce((product, extent) => product * extent, 1);
  const feeds = new Map(
    inputs.map(({ name = "" }) => [
      name,
      dense(
        size,
        Array.from({ length: count }, () => Math.fround(2 * next() - 1)),
      ),
    ]),
  );
  const [[wanted], [found]] = [
    await runGraph(await encoded(source), [feeds], "disabled"),
    await runGraph(await encoded(result), [feeds]),
  ];
  for (const [name, values] of wanted!) {
    const largest = values.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const limit = TOLERANCES.absolute + TOLERANCES.relative * largest;
    expect(absoluteError(found!.get(name)!, values), name).toBeLessThanOrEqual(limit);
  }
}

const became = ({ report }: Accelerated) => report.islands.map(({ name, nodes, became }) => [name, nodes, became]);

describe("a graph of convolutions", () => {
  const conv = (text: string) => line(text, PADS);

  it("is compiled, and computes what it computed", async () => {
    const model = modelOf(graphOf("x", [conv("a = Conv x w"), "b = Relu a"], "b", { initializer: [KERNEL] }));
    const done = taken(model);
    expect(became(done)).toEqual([["a", 2, "compiled"]]);
    expect(done.compiled.length).toBe(1);
    await expectSame(done.model, model);
  });

  it("is the same record where nothing gains", () => {
    const model = modelOf(graphOf("x", [conv("a = Conv x w")], "a", { initializer: [KERNEL] }));
    const done = taken(model, "direct");
    expect(done.model).toBe(model);
    expect(done.report.islands[0]).toMatchObject({
      became: "kept",
      reason: expect.stringContaining("would not become faster"),
    });
  });

  it("is compiled in one piece where only a Reshape to the shape that a value has lies between", async () => {
    const nodes = [conv("a = Conv x w"), "s = Shape a", "t = Reshape z s", "b = Add a t", conv("c = Conv b w")];
    const model = modelOf(graphOf("x z", nodes, "c", { initializer: [KERNEL] }));
    const done = taken(model);
    expect(became(done)).toEqual([["a", 4, "compiled"]]);
    await expectSame(done.model, model);
  });

  it("takes such a Reshape behind its last convolution and in front of the first", async () => {
    const nodes = [
      "r = Shape x",
      "y = Reshape x r",
      conv("a = Conv y w"),
      "s = Shape x",
      "t = Reshape a s",
      "b = Relu t",
    ];
    const model = modelOf(graphOf("x", nodes, "b", { initializer: [KERNEL] }));
    const done = taken(model);
    expect(became(done)).toEqual([["y", 4, "compiled"]]);
    await expectSame(done.model, model);
  });

  it("may read such a value by ways past other nodes", async () => {
    const nodes = [
      conv("a = Conv x w"),
      "s = Shape a",
      "t = Reshape z s",
      "u = Abs t",
      "b = Add a u",
      conv("c = Conv b w"),
    ];
    const model = modelOf(graphOf("x z", nodes, "c", { initializer: [KERNEL] }));
    const done = taken(model);
    await expectSame(done.model, model);
  });

  it("loses the nodes that computed sizes which its IR has", () => {
    const nodes = [conv("a = Conv x w"), "s = Shape a", "t = Identity s", "r = Reshape a t", conv("b = Conv r w")];
    const done = taken(modelOf(graphOf("x", nodes, "b", { initializer: [KERNEL] })));
    expect(became(done)).toEqual([["a", 3, "compiled"]]);
    expect(linesOf(done.model.graph!)).not.toContain("s = Shape a");
  });

  it("keeps its convolution that nobody reads", async () => {
    const model = modelOf(graphOf("x", [conv("a = Conv x w"), "b = Abs x"], "b", { initializer: [KERNEL] }));
    await expectSame(taken(model).model, model);
  });

  it("keeps functions that are called as operators of ONNX are", () => {
    const fn = build.record("FunctionProto", {
      name: "Relu",
      domain: "",
      input: ["x"],
      output: ["y"],
      node: [line("y = Abs x")],
      opset_import: [build.opset(17)],
    });
    const nodes = [conv("a = Conv x w"), "b = Relu a", conv("c = Conv b w")];
    const model = modelOf(graphOf("x", nodes, "c", { initializer: [KERNEL] }), 17, { functions: [fn] });
    expect(became(taken(model))).toEqual([
      ["a", 1, "compiled"],
      ["c", 1, "compiled"],
    ]);
  });

  it("keeps sizes apart that one name is given to", async () => {
    const shape = (name: string) => build.valueInfo(name, "FLOAT", ["?", 12, "?", "?"]);
    const nodes = [conv("a = Conv x w"), conv("b = Conv a w")];
    const graph = graphOf("x", nodes, "b", { initializer: [KERNEL], input: [shape("x")], output: [shape("b")] });
    const done = taken(modelOf(graph));
    expect(became(done)).toEqual([["a", 2, "compiled"]]);
    await expectSame(done.model, modelOf(graph));
  });

  it("leaves names alone that have all characters", async () => {
    const names = ["x/sample", "a#2", "日本 🖼️", "__proto__", '"'];
    const nodes = names
      .slice(1)
      .map(
        (name, index) =>
          conv(`_ = Conv _ w`) &&
          build.node("Conv", [names[index]!, "w"], [name], { attribute: [build.attribute("pads", PADS.pads)] }),
      );
    const model = modelOf(graphOf("x/sample", nodes, '"', { initializer: [KERNEL] }));
    const done = taken(model);
    expect(done.compiled.length).toBe(1);
    await expectSame(done.model, model);
  });

  it("is compiled from weights in a file of their own", async () => {
    const nodes = [conv("a = Conv x w"), "b = Abs a", conv("c = Conv b w")];
    const model = modelOf(graphOf("x", nodes, "c", { initializer: [KERNEL] }));
    const { data, model: encode } = encodeModel(model, { external: { location: "weights.bin" } });
    const file = bytesSource("weights.bin", await collect(data));
    const { message } = await decodeGraph(bytesSource("m.onnx", await collect(encode("0".repeat(64)))));
    const whole = { ...withExternalData(message, () => file), metadata_props: [] };
    expect(await encoded(taken(whole).model)).toEqual(await encoded(taken(model).model));
  });
});

describe("kernels that are computed from constants", () => {
  const exported = async (name: string): Promise<ModelProto> => {
    const bytes = await readFile(new URL(`../../fixtures/onnx-exports/${name}.onnx`, import.meta.url));
    return (await decodeGraph(bytesSource(name, Uint8Array.from(bytes)))).message;
  };

  it.each([
    ["span-block", ["conv2d_1", "conv2d_2", "conv2d_3"], [1, 3, 16, 12]],
    ["edsr-legacy", ["/add_mean/Conv"], [1, 3, 16, 12]],
  ] as const)("are computed: %s", async (name, layers, size) => {
    const model = await exported(name);
    const done = taken(model);
    expect(done.report.kernels.map(({ node }) => node)).toEqual(layers.map((layer) => expect.stringContaining(layer)));
    await expectSame(done.model, model, [...size]);
    if (name === "span-block") {
      expect(done.report.kernels.map((kernel) => kernel.became)).toEqual(["conv", "conv", "conv"]);
      const computing = model.graph!.node.filter(({ op_type }) => op_type === "Einsum").map((node) => node.output[0]);
      expect(computing.length).toBeGreaterThan(0);
      expect(done.model.graph!.node.filter(({ output }) => computing.includes(output[0]))).toEqual([]);
    }
  });

  it("stay where nothing computes them, with the reason", async () => {
    const model = await exported("span-block");
    const { report } = taken(model, "winograd-f4x4", false);
    for (const kernel of report.kernels)
      expect(kernel).toMatchObject({ became: "kept", experts: 0, reason: "its kernel is not constant" });
  });

  it("stay where the convolution does not gain, or depends on the input", () => {
    const kernel = weights("k", [12, 12, 3, 3]);
    const nodes = ["w = Identity k", line("a = Conv x w", PADS), "r = Reshape x s", line("b = Conv a r", PADS)];
    const graph = graphOf("x", nodes, "b", { initializer: [kernel, build.intTensor("s", [4], [12, 12, 3, 3])] });
    expect(taken(modelOf(graph), "direct").report.kernels).toEqual([
      { node: "a", became: "kept", experts: 0, reason: expect.stringContaining("would not become faster") },
      { node: "b", became: "kept", experts: 0, reason: "its kernel depends on the input" },
    ]);
  });
});

describe("the runner of constants", () => {
  const model = modelOf(
    graphOf("x", ["a = Abs k", "b = Neg a", "c = Add b x"], "c", { initializer: [weights("k", [5])] }),
  );

  it("runs once for what is asked for together, and never again", async () => {
    const runs: number[] = [];
    const compute = computeConstants(model, async (bytes) => {
      runs.push((await decodeGraph(bytesSource("part", bytes))).message.graph!.output.length);
      return open(bytes);
    });
    const [a, b] = await Promise.all([compute("a"), compute("b")]);
    expect(b).toEqual(a.map((value) => -value));
    expect(await compute("a")).toBe(a);
    expect(runs).toEqual([2]);
  });

  it("asks for values of any name", async () => {
    const named = modelOf(
      graphOf("x", ["__proto__ = Abs k", "c = Add __proto__ x"], "c", { initializer: [weights("k", [5])] }),
    );
    const plain = await computeConstants(model, open)("a");
    expect(await computeConstants(named, open)("__proto__")).toEqual(plain);
  });

  it("tells everyone what went wrong, and gives the session back", async () => {
    let released = 0;
    const failing = { run: () => Promise.reject(new Error("no such operator")), release: async () => void released++ };
    const compute = computeConstants(model, async () => failing);
    await expect(compute("a")).rejects.toThrow("no such operator");
    await expect(compute("b")).rejects.toThrow("no such operator");
    expect(released).toBe(2);
  });
});
