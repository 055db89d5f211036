/** `smxc deploy triton`: what the server is told is what the graph is, and what ONNX Runtime does with it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { differencesOf } from "../../cli/commands/deploy/check-config.js";
import { configFormat } from "../../cli/commands/deploy/config-text.js";
import type { GraphTensors } from "../../cli/commands/deploy/graph-tensors.js";
import type { ModelConfig } from "../../cli/commands/deploy/model-config.js";
import { COMMANDS } from "../../cli/commands/index.js";
import { build, toBytes } from "../../src/onnx/index.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { temporaryFolder } from "../support/cli.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const deploy = (...argv: readonly string[]) => run("deploy", "triton", ...argv);
const configOf = async (name: string, repository = "repository"): Promise<ModelConfig> => {
  const path = at(join(repository, name, "config.pbtxt"));
  return (await configFormat()).read(readFileSync(path, "utf8"), path);
};
const filesOf = (path: string): readonly string[] =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
        .toSorted()
    : [];

beforeAll(async () => {
  await run("compile", "nsr-x3", "-o", at("nsr-x3.onnx"), "--no-verify");
  await run("compile", "nsr-x3", "-o", at("external.onnx"), "--no-verify", "--external-data");
  await run("compile", "nsr-x3", "-o", at("one.onnx"), "--no-verify", "--batch", "1");
});
afterAll(folder.remove);

/** A graph of one operator. */
async function writeGraph(
  path: string,
  opset: number,
  type: "FLOAT" | "FLOAT8E4M3FN",
  dims: readonly (number | string)[],
) {
  const graph = build.graph({
    name: "small",
    input: [build.valueInfo("x", type, dims)],
    output: [build.valueInfo("y", type, dims)],
    node: [build.node("Identity", ["x"], ["y"])],
  });
  writeFileSync(path, await toBytes(build.model({ ir_version: 9, opset_import: [build.opset(opset)], graph })));
}

it("tells the server what the graph is, and the warm-up runs in the sizes that are told", async () => {
  const { code, stderr } = await deploy(at("nsr-x3.onnx"), "-o", at("repository"), "--max-batch", "3");
  expect([code, stderr]).toEqual([0, ""]);
  const config = await configOf("nsr-x3");
  expect(config).toMatchObject({
    name: "nsr-x3",
    backend: "onnxruntime",
    max_batch_size: 3,
    input: [{ name: "x", data_type: "TYPE_FP32", dims: [3, -1, -1] }],
    output: [{ name: "y", data_type: "TYPE_FP32", dims: [3, -1, -1] }],
    instance_group: [{ kind: "KIND_CPU", count: 2 }],
    dynamic_batching: { max_queue_delay_microseconds: 500 },
    parameters: { intra_op_thread_count: { string_value: "1" } },
  });
  expect(config.dynamic_batching).toMatchObject({ preferred_batch_size: [] });
  expect(readFileSync(at("repository/nsr-x3/config.pbtxt"), "utf8")).toMatch(/"\n$/);
  const graph = at("repository/nsr-x3/1/model.onnx");
  expect(readFileSync(graph)).toEqual(readFileSync(at("nsr-x3.onnx")));
  const session = await createNodeSession(graph, { target: "cpu", threads: 1 });
  expect(config.model_warmup.map((each) => each.batch_size)).toEqual([1, 3]);
  for (const { batch_size, inputs } of config.model_warmup) {
    const shape = [batch_size, ...inputs.x!.dims];
    const zeros = { data: new Float32Array(shape.reduce((product, size) => product * size)), shape };
    const [, , height = 0, width = 0] = shape;
    const { y } = Object.fromEntries(await session.run(new Map([["x", zeros]])));
    expect(y!.shape).toEqual([batch_size, 3, height * 3, width * 3]);
  }
  await session.release();
});

it("tells that patches are the unit where β is pooled over what the graph gets", async () => {
  const unit = async (file: string) =>
    JSON.parse((await deploy(at(file), "-o", at("units"), "--name", "m", "--json")).stdout).unit;
  expect(await unit("nsr-x3.onnx")).toEqual({ kind: "patch", side: 24 });
  expect((await configOf("m", "units")).model_warmup[0]!.inputs.x!.dims).toEqual([3, 24, 24]);
  await run("compile", "nsr-x3", "-o", at("inside.onnx"), "--no-verify", "--context", "patch");
  expect(await unit("inside.onnx")).toEqual({ kind: "picture" });
});

it("takes external data along, and leaves other models alone", async () => {
  mkdirSync(at("others/mine/1"), { recursive: true });
  writeFileSync(at("others/mine/config.pbtxt"), "mine");
  const { code, stderr } = await deploy(at("external.onnx"), "-o", at("others"), "--name", "e", "--kind", "gpu");
  expect(code).toBe(0);
  expect(stderr).toContain("deploy/other-target");
  expect(filesOf(at("others"))).toEqual([
    "e/1/external.onnx.data",
    "e/1/model.onnx",
    "e/config.pbtxt",
    "mine/config.pbtxt",
  ]);
  expect((await configOf("e", "others")).instance_group).toMatchObject([{ kind: "KIND_GPU", count: 1 }]);
  const session = await createNodeSession(at("others/e/1/model.onnx"), { target: "cpu" });
  await session.release();
  const before = filesOf(at("others")).map((name) => readFileSync(at(`others/${name}`)));
  await deploy(at("external.onnx"), "-o", at("others"), "--name", "e", "--kind", "gpu");
  expect(filesOf(at("others")).map((name) => readFileSync(at(`others/${name}`)))).toEqual(before);
  writeFileSync(at("external.onnx.data"), new Uint8Array(600_000));
  expect(await deploy(at("external.onnx"), "-o", at("mixed"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("onnx/wrong-data"),
  });
  expect(existsSync(at("mixed"))).toBe(false);
});

it("joins nothing where the batch is fixed, and refuses where it is asked to", async () => {
  const { code, stderr } = await deploy(at("one.onnx"), "-o", at("fixed"));
  expect([code, stderr]).toEqual([0, expect.stringContaining("deploy/not-joined")]);
  const config = await configOf("one", "fixed");
  expect(config).toMatchObject({
    max_batch_size: 0,
    input: [{ dims: [1, 3, -1, -1] }],
    model_warmup: [{ batch_size: 1 }],
  });
  expect(config.dynamic_batching).toBeUndefined();
  const refused = await deploy(at("one.onnx"), "-o", at("nothing"), "--max-batch", "8");
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the first dimension of "x" is fixed to 1'),
  });
  expect(existsSync(at("nothing"))).toBe(false);
  expect((await deploy(at("one.onnx"), "-o", at("fixed"), "--max-batch", "0")).stderr).toBe("");
});

it.each([
  ["N", "N", 16, [2]],
  ["N", "M", 0, [-1, 2]],
  ["N", 7, 0, [7, 2]],
])(
  "joins requests of inputs [%s,3] and [%s,2] only where both begin with the batch",
  async (first, second, most, dims) => {
    const graph = build.graph({
      name: "two",
      input: [build.valueInfo("x", "FLOAT", [first, 3]), build.valueInfo("style", "FLOAT", [second, 2])],
      output: [build.valueInfo("y", "FLOAT", [first, 3]), build.valueInfo("z", "FLOAT", [second, 2])],
      node: [build.node("Identity", ["x"], ["y"]), build.node("Identity", ["style"], ["z"])],
    });
    const model = build.model({ ir_version: 9, opset_import: [build.opset(17)], graph });
    writeFileSync(at("two.onnx"), await toBytes(model));
    const { code } = await deploy(at("two.onnx"), "-o", at("two"));
    expect(code).toBe(0);
    expect(await configOf("two", "two")).toMatchObject({ max_batch_size: most, input: [{}, { name: "style", dims }] });
  },
);

it("says when it is not known that Triton's ONNX Runtime is new enough", async () => {
  await writeGraph(at("new.onnx"), 26, "FLOAT", ["N", 4]);
  await writeGraph(at("old.onnx"), 21, "FLOAT", ["N", 4]);
  expect((await deploy(at("new.onnx"), "-o", at("runtimes"))).stderr).toContain(
    "the graph has opset 26 and IR version 9",
  );
  expect((await deploy(at("old.onnx"), "-o", at("runtimes"))).stderr).toBe("");
});

it("refuses what Triton has no words for, all at once, and leaves nothing behind", async () => {
  await writeGraph(at("f8.onnx"), 21, "FLOAT8E4M3FN", ["N", 4]);
  const { code, stderr } = await deploy(at("f8.onnx"), "-o", at("none"));
  expect(code).toBe(1);
  expect(stderr.match(/deploy\/element-type/g)).toHaveLength(2);
  writeFileSync(at("broken.onnx"), "no graph");
  expect((await deploy(at("broken.onnx"), "-o", at("none"))).code).toBe(1);
  expect(existsSync(at("none"))).toBe(false);
});

it.each([
  [["trton", "m.onnx", "-o", "r"], "usage/no-such-server"],
  [["triton", "nsr-x2", "-o", "r"], "model/no-graph"],
  [["triton", "m.onnx", "-o", "r", "--name", "../m"], "usage/model-name"],
  [["triton", "m.onnx", "-o", "r", "--kind", "tpu"], "usage/invalid-argument"],
])("deploy %j is a usage error", async (argv, code) => {
  expect(await run("deploy", ...argv)).toMatchObject({ code: 2, stderr: expect.stringContaining(code) });
});

it("leaves no folder behind where it cannot write", async () => {
  writeFileSync(at("file"), "");
  expect((await deploy(at("nsr-x3.onnx"), "-o", at("file"))).code).toBe(2);
  mkdirSync(at("half/nsr-x3/config.pbtxt"), { recursive: true });
  expect((await deploy(at("nsr-x3.onnx"), "-o", at("half"))).code).toBe(2);
  expect(readdirSync(at("half/nsr-x3"))).toEqual(["config.pbtxt"]);
});

it("refuses text that is not of the schema, with line and rule", async () => {
  const { read } = await configFormat();
  const refused = (text: string) => () => read(text, "config.pbtxt");
  const broken = (diagnostic: object) =>
    expect.objectContaining({ diagnostics: [expect.objectContaining(diagnostic)] });
  expect(refused('name: "a"\nmax_batch: 3\n')).toThrow(
    broken({ line: 2, message: expect.stringContaining("unknown field 'max_batch'") }),
  );
  expect(refused('name: "a"\ninput {\n  data_type: TYPE_FLOAT\n}\n')).toThrow(
    broken({ line: 3, message: expect.stringContaining("data_type") }),
  );
});

it("--check reads a configuration that was changed by hand, and says what is wrong with each line", async () => {
  await deploy(at("nsr-x3.onnx"), "-o", at("tuned"), "--instances", "3");
  const path = at("tuned/nsr-x3/config.pbtxt");
  const check = () => deploy(at("nsr-x3.onnx"), "-o", at("tuned"), "--check", "--json");
  const written = readFileSync(path, "utf8");
  const good = await check();
  expect([good.code, JSON.parse(good.stdout)]).toMatchObject([0, { name: "nsr-x3", file: path }]);
  const tuned = written.replace("max_queue_delay_microseconds: 500", "preferred_batch_size: [4, 8]");
  writeFileSync(path, `${tuned}\nversion_policy { all {} }\nresponse_cache { enable: true }\n`);
  expect((await check()).code).toBe(0);
  const lineOf = (part: string): number => written.split("\n").findIndex((line) => line.includes(part)) + 1;
  const wrong: readonly (readonly [from: string, to: string, code: string, line: number])[] = [
    ['name: "nsr-x3"', 'name: "other"', "deploy/rule", lineOf('"nsr-x3"')],
    ['backend: "onnxruntime"', 'backend: "python"', "deploy/rule", lineOf("backend")],
    ["max_queue_delay_microseconds: 500", "preferred_batch_size: 32", "deploy/rule", lineOf("max_queue_delay")],
    ["count: 3", "gpus: 0", "deploy/rule", lineOf("count: 3")],
    ["count: 3", "count: 0", "deploy/rule", lineOf("count: 3")],
    ["max_batch_size: 16", "max_batch_size: -1", "deploy/rule", lineOf("max_batch_size")],
    ['name: "y"', 'name: "z"', "deploy/other-than-graph", lineOf('name: "y"')],
    ["data_type: TYPE_FP32", "data_type: TYPE_FP16", "deploy/other-than-graph", lineOf('name: "x"')],
    ["data_type: TYPE_FP32", "data_type: FLOAT", "deploy/config", lineOf("TYPE_FP32")],
    ["backend:", "backends:", "deploy/config", lineOf("backend")],
  ];
  for (const [from, to, code, line] of wrong) {
    expect(written).toContain(from);
    writeFileSync(path, written.replace(from, to));
    const { code: exit, stdout, stderr } = await check();
    const { errors } = JSON.parse(stdout || stderr);
    expect([to, exit]).toEqual([to, 1]);
    expect([to, errors]).toEqual([to, expect.arrayContaining([expect.objectContaining({ code, line, file: path })])]);
  }
  expect(readFileSync(path, "utf8")).toContain("backends:");
  expect(await deploy(at("nsr-x3.onnx"), "-o", at("none"), "--check")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("deploy/no-config"),
  });
});

it("tells every difference between a configuration and a graph", () => {
  const tensor = { name: "x", type: "TYPE_FP32", shape: ["N", 3, null] } as const;
  const graph: GraphTensors = { inputs: [tensor], outputs: [{ ...tensor, name: "y" }] };
  const said = { name: "x", data_type: "TYPE_FP32", dims: [3, -1] };
  const config = { max_batch_size: 4, input: [said], output: [{ ...said, name: "y" }] } as unknown as ModelConfig;
  expect(differencesOf(config, graph, { file: "f" })).toEqual([]);
  const wrong = [
    { ...config, input: [{ ...said, name: "z" }] },
    { ...config, input: [{ ...said, data_type: "TYPE_FP16" }] },
    { ...config, input: [{ ...said, dims: [4, -1] }] },
    { ...config, input: [{ ...said, dims: [-1, -1] }] },
    { ...config, max_batch_size: 0 },
  ];
  expect(wrong.map((each) => differencesOf(each, graph, { file: "f" }).length)).toEqual([2, 1, 1, 1, 2]);
});
