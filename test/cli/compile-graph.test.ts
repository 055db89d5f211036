/** `smxc compile` and `verify` of ONNX graphs that smxc did not make. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { encodeModel } from "../../src/onnx/encode.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelProto, ModelWithGraph, NodeProto } from "../../src/onnx/graph/records.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";
import { compileAnswer } from "./compile-answer.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(folder.remove);

const CHANNELS = 64;

/** A chain of 3×3 convolutions between an operator that smxc does not know and one that it does. */
function chain(opset: number, size: readonly (string | number)[], channels = CHANNELS): ModelProto {
  const next = randomNumbers(7);
  const kernel = (name: string, out: number, into: number) => {
    const values = Float32Array.from({ length: out * into * 9 }, () => (next() - 0.5) / Math.sqrt(into * 3));
    return build.floatTensor(name, "FLOAT", { shape: [out, into, 3, 3], read: async () => values });
  };
  const conv = (x: string, w: string, y: string): NodeProto =>
    build.node("Conv", [x, w], [y], {
      name: `make ${y}`,
      attribute: [build.attribute("pads", { ints: [1, 1, 1, 1] })],
    });
  return build.model({
    ir_version: 8,
    producer_name: "test",
    opset_import: [build.opset(opset)],
    metadata_props: [build.property("author", "somebody")],
    graph: build.graph({
      name: "chain",
      node: [
        build.node("Abs", ["x"], ["positive"], { name: "unknown" }),
        conv("positive", "w0", "a"),
        conv("a", "w1", "b"),
        build.node("Relu", ["b"], ["c"], { name: "make c" }),
        conv("c", "w2", "d"),
        build.node("Relu", ["d"], ["y"], { name: "make y" }),
      ],
      initializer: [
        kernel("w0", channels, channels),
        kernel("w1", channels, channels),
        kernel("w2", channels, channels),
      ],
      input: [build.valueInfo("x", "FLOAT", [size[0]!, channels, size[1]!, size[2]!])],
      output: [build.valueInfo("y", "FLOAT", [size[0]!, channels, size[1]!, size[2]!])],
    }),
  });
}

async function write(name: string, model: ModelProto): Promise<void> {
  writeFileSync(at(name), await collect(encodeModel(model).model));
}

async function read(name: string): Promise<ModelWithGraph> {
  return (await decodeGraph(bytesSource(name, new Uint8Array(readFileSync(at(name)))))).message as ModelWithGraph;
}

const OPEN = ["N", "H", "W"] as const;

beforeAll(async () => {
  await write("open.onnx", chain(17, OPEN));
  await write("fixed.onnx", chain(17, [1, 20, 24]));
  await write("pair.onnx", chain(17, [2, 20, 24]));
  await write("old.onnx", chain(11, OPEN));
  await write("new.onnx", chain(22, OPEN));
  await write("small.onnx", chain(17, OPEN, 4));
});

const run = (...argv: readonly string[]) =>
  runCaptured(
    argv.map((word) => (/^[a-z]+\.[a-z]+$/.test(word) ? at(word) : word)),
    COMMANDS,
  );

const operators = ({ graph }: ModelWithGraph) => graph.node.map(({ op_type }) => op_type);

describe("smxc compile of an ONNX graph", () => {
  it("compiles what gains and carries the rest through", async () => {
    const { code, stdout, stderr } = await run("compile", "open.onnx", "-o", "out.onnx");
    expect(stderr).toContain("compared with the source on the CPU provider");
    expect(stdout).toContain("compiled 5 nodes in 1 part; all other nodes are unchanged");
    expect(stdout).toContain("runs in ONNX Runtime 1.12 and later");
    expect(code).toBe(0);
    const [source, written] = [await read("open.onnx"), await read("out.onnx")];
    expect(operators(written)).toContain("Scan");
    expect(written.graph.node[0]).toEqual(source.graph.node[0]);
    expect(written.graph.input).toEqual(source.graph.input);
    expect(written.graph.output).toEqual(source.graph.output);
    expect(written.metadata_props.slice(0, 1)).toEqual(source.metadata_props);
  });

  it("answers in the form of its schema", async () => {
    const { stdout } = await run("compile", "open.onnx", "-o", "out.onnx", "--json", "--explain");
    const answer = compileAnswer(stdout);
    expect(answer.islands).toEqual([
      { name: "make a", nodes: 5, became: "compiled", reason: "3 of its 3 convolutions become faster" },
    ]);
    expect(answer.compared.map(({ against }: { against: string }) => against)).toEqual(["reference", "source"]);
  });

  it("writes the nodes as they were where nothing gains, and says why", async () => {
    const { code, stdout } = await run("compile", "small.onnx", "-o", "out.onnx");
    expect(code).toBe(0);
    expect(stdout).toContain(
      "nothing to make faster: none of its 3 convolutions would become faster; for the largest, a: estimated",
    );
    const [source, written] = [await read("small.onnx"), await read("out.onnx")];
    expect(written.graph.node).toEqual(source.graph.node);
  });

  it("raises an old opset only where something gains, and keeps a new one", async () => {
    const { stdout } = await run("compile", "old.onnx", "-o", "out.onnx");
    expect(stdout).toContain("raised from opset 11 to 17");
    const kept = await run("compile", "old.onnx", "-o", "out.onnx", "--opset", "keep");
    expect(kept.stdout).toContain("nothing to make faster: opset_import: opset 11 must be kept, as requested");
    expect((await read("out.onnx")).opset_import[0]?.version).toBe(11);
    await run("compile", "new.onnx", "-o", "out.onnx");
    expect((await read("out.onnx")).opset_import[0]?.version).toBe(22);
    expect(operators(await read("out.onnx"))).toContain("Scan");
  });

  it("fixes sizes that are open, and refuses what cannot be had", async () => {
    const { stdout } = await run("compile", "open.onnx", "-o", "out.onnx", "--batch", "2", "--height", "20", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      batch: { became: "kept", reason: "fixed to 2, as requested" },
      height: { became: "fixed", reason: "fixed to 20, as requested" },
      width: { became: "open", reason: "it is dynamic in the source" },
    });
    const dims = (await read("out.onnx")).graph.input[0]?.type?.tensor_type?.shape?.dim;
    expect(dims?.map(({ dim_value, dim_param }) => dim_value ?? dim_param)).toEqual([2, CHANNELS, 20, "W"]);
    const windows = fixture("onnx-exports", "window", "static.onnx");
    const refused = await run("compile", windows, "-o", "none.onnx", "--height", "dynamic", "--width", "7");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "the height cannot be dynamic: the source fixes it to 16, and this node depends on that: it splits an axis of size height (16 in the export) into 4×4",
    );
    expect(refused.stderr).toContain(
      "the width cannot be 7: the source fixes it to 12, and this node depends on that: it splits an axis of size width (12 in the export)",
    );
    expect(refused.stderr).toContain('node "node_view"');
    const batch = await run("compile", "pair.onnx", "-o", "none.onnx", "--batch", "dynamic");
    expect(batch.code).toBe(1);
    expect(batch.stderr).toContain(
      "the batch cannot be dynamic: the source fixes it to 2; only a batch of 1 can become dynamic",
    );
    expect(existsSync(at("none.onnx"))).toBe(false);
  });

  it("opens heights and widths that the source fixes, and compares with crops", async () => {
    const sizes = ["--height", "dynamic", "--width", "dynamic"];
    const local = await run("compile", fixture("onnx-exports", "dncnn", "legacy.onnx"), "-o", "local.onnx", ...sizes);
    expect(local.stderr).toContain(
      "compared with the source on crops of 16×12 pixels from a picture of 22×22: each pixel depends on 5 pixels around it",
    );
    const { code, stdout, stderr } = await run("compile", "fixed.onnx", "-o", "out.onnx", ...sizes);
    expect(stderr).toContain('it is not known on how many pixels a value depends: node "unknown" (Abs)');
    expect(stderr).toContain("x 1x64x25x23");
    expect(stdout).toContain("the height is dynamic: it was 20; smxc has proven");
    expect(stdout).toContain("the width is dynamic: it was 24; smxc has proven");
    expect(code).toBe(0);
    const { graph } = await read("out.onnx");
    const declared = [...graph.input, ...graph.output].map(({ type }) =>
      type?.tensor_type?.shape?.dim.map(({ dim_value, dim_param }) => dim_value ?? dim_param),
    );
    expect(declared).toEqual([
      ["batch", CHANNELS, "height", "width"],
      ["batch", CHANNELS, "height", "width"],
    ]);
  });

  it("fixes a height that the source fixes to another", async () => {
    const { stdout } = await run("compile", "fixed.onnx", "-o", "out.onnx", "--height", "32", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      height: { became: "fixed", reason: "it was 20, and is now fixed to 32, as requested" },
      width: { became: "kept", reason: "the source fixes it to 24" },
    });
    const { graph } = await read("out.onnx");
    const dims = graph.output[0]?.type?.tensor_type?.shape?.dim;
    expect(dims?.map(({ dim_value, dim_param }) => dim_value ?? dim_param)).toEqual(["batch", CHANNELS, 32, 24]);
  });

  it("opens a batch of one where it is proven, unless it is to be kept", async () => {
    const { stdout } = await run("compile", "fixed.onnx", "-o", "out.onnx");
    expect(stdout).toContain("the batch, which was 1, is dynamic: every node treats the samples separately");
    const dims = (await read("out.onnx")).graph.input[0]?.type?.tensor_type?.shape?.dim;
    expect(dims?.map(({ dim_value, dim_param }) => dim_value ?? dim_param)).toEqual(["batch", CHANNELS, 20, 24]);
    const kept = await run("compile", "fixed.onnx", "-o", "out.onnx", "--batch", "keep");
    expect(kept.stdout).toContain("the batch stays 1: the source fixes it to 1");
    const four = await run("compile", "fixed.onnx", "-o", "none.onnx", "--batch", "4");
    expect(four.code).toBe(1);
    expect(four.stderr).toContain("leave out --batch; a batch of 1 becomes dynamic if");
  });

  it.each([
    ["fixed.onnx", "21", "smxc raises graphs to opset 17 and no further"],
    ["new.onnx", "17", "smxc only raises opsets"],
  ])("says why %s cannot be written in opset %s", async (file, opset, reason) => {
    const { code, stderr } = await run("compile", file, "-o", "none.onnx", "--opset", opset);
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot be written in opset ${opset}: ${reason}`);
  });

  it("writes no control flow where that is asked for", async () => {
    await run("compile", "open.onnx", "-o", "out.onnx", "--portable");
    expect(operators(await read("out.onnx")).filter((op) => ["Scan", "Loop", "If"].includes(op ?? ""))).toEqual([]);
  });

  it("refuses broken graphs with the rules that they break, and flags that documents have", async () => {
    const model = chain(17, OPEN);
    const graph = model.graph!;
    await write("broken.onnx", { ...model, graph: { ...graph, node: graph.node.toReversed() } });
    const { code, stderr } = await run("compile", "broken.onnx", "-o", "none.onnx");
    expect(code).toBe(1);
    expect(stderr).toContain("onnx/graph-topological");
    const usage = await run("compile", "open.onnx", "-o", "none.onnx", "--context", "patch");
    expect(usage.code).toBe(2);
    expect(usage.stderr).toContain("--context patch is only for model documents: only a document names the region");
    expect(existsSync(at("none.onnx"))).toBe(false);
  });

  it("takes external data in and writes it out", async () => {
    await run("compile", "open.onnx", "-o", "outside.onnx", "--external-data");
    expect(existsSync(at("outside.onnx.data"))).toBe(true);
    const again = await run("compile", "outside.onnx", "-o", "inside.onnx");
    expect(again.code).toBe(0);
    expect((await run("verify", "open.onnx", "inside.onnx")).code).toBe(0);
  });
});

describe("smxc verify of a graph with its source", () => {
  it("runs both, and names the first value that differs as the source does", async () => {
    await run("compile", "open.onnx", "-o", "out.onnx");
    const good = await run("verify", "open.onnx", "out.onnx", "--shape", `2x${CHANNELS}x9x11`);
    expect(good.stdout).toContain("good: ");
    expect(good.code).toBe(0);
    const model = await read("out.onnx");
    const node = model.graph.node.with(0, { ...model.graph.node[0]!, op_type: "Neg" });
    await write("other.onnx", { ...model, graph: { ...model.graph, node } });
    const { code, stderr } = await run("verify", "open.onnx", "other.onnx");
    expect(code).toBe(1);
    expect(stderr).toContain("the first layer that differs is positive");
  });

  it("wants one interface", async () => {
    const model = chain(17, OPEN);
    const graph = model.graph!;
    const renamed = graph.node.map((node) => ({
      ...node,
      input: node.input.map((name) => (name === "x" ? "z" : name)),
    }));
    const input = graph.input.map((info) => ({ ...info, name: "z" }));
    await write("renamed.onnx", { ...model, graph: { ...graph, node: renamed, input } });
    const { code, stderr } = await run("verify", "open.onnx", "renamed.onnx");
    expect(code).toBe(1);
    expect(stderr).toContain("the graph's inputs are z, but the source's are x");
  });
});
