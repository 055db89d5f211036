/** `smxc verify --against exact`: what the merged form of two-layer blocks costs, told by the command line. */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import type { ExactReport } from "../../cli/commands/verify/against-exact.js";
import { collect } from "../../src/base/bytes/byte-source.js";
import { writeSafetensors } from "../../src/files/safetensors-write.js";
import { buildGraph } from "../../src/frontends/document/build.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import { retarget } from "../../src/frontends/document/retarget.js";
import type { RoutingMode } from "../../src/frontends/document/routing-modes.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { encodeImage } from "../../src/pictures/image-node.js";
import { temporaryFolder } from "../support/cli.js";
import { type Model, store, type TensorValues, tensor, valuesOf } from "../unit/layers/model.js";
import { type Captured, runCaptured } from "./capture.js";

const folder = temporaryFolder();
const home = process.cwd();

/** Small, so that the forms are as near as those of trained networks. */
const GAIN = 0.25;

const WEIGHTS = scaled({
  "a.w1": [6, 3, 3, 3],
  "a.w2": [9, 2, 3, 3],
  "b.w1": [6, 3, 3, 3],
  "b.w2": [9, 2, 3, 3],
  "a.beta.mlp.0.weight": [3, 3],
  "a.beta.mlp.0.bias": [3],
  "b.beta.mlp.0.weight": [3, 3],
  "b.beta.mlp.0.bias": [3],
});

function scaled(shapes: Readonly<Record<string, readonly number[]>>): TensorValues {
  const entries = Object.entries(valuesOf(shapes)).map(([name, { shape, data }]) => [
    name,
    { shape, data: data.map((value) => Math.fround(GAIN * value)) },
  ]);
  return Object.fromEntries(entries) as TensorValues;
}

/** Two blocks behind each other, merged with √β, and a residual connection. */
const network = (mode: string, power: number) => {
  const block = (name: string, from: string) => [
    { name: `${name}.beta`, op: "route", in: from, mlp: ["linear"], experts: 3, power },
    {
      name,
      op: "sparse_block",
      in: from,
      mode,
      experts: 3,
      hidden: 2,
      out: 3,
      beta: `${name}.beta`,
      kernel: 3,
      pad: 1,
    },
  ];
  return {
    version: 1,
    name: "two-blocks",
    weights: { file: "weights.safetensors" },
    image: { range: [0, 1], color: "rgb", scale: 1 },
    inputs: [{ name: "x", shape: ["N", 3, "H", "W"] }],
    layers: [...block("a", "x"), ...block("b", "a"), { name: "y", op: "add", in: ["b", "x"] }],
    outputs: ["y"],
  };
};

const DOCUMENTS = {
  merged: network("merged", 0.5),
  exact: network("exact", 1),
  plain: { ...network("exact", 1), layers: [{ name: "y", op: "relu", in: "x" }] },
};

async function smxc(...argv: readonly string[]): Promise<Captured> {
  return runCaptured([...argv, "--quiet"], COMMANDS);
}

async function report(...argv: readonly string[]): Promise<ExactReport> {
  const { code, stdout, stderr } = await smxc("verify", ...argv, "--against", "exact", "--json");
  if (code !== 0) throw new Error(`${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as ExactReport;
}

beforeAll(async () => {
  process.chdir(folder.path);
  const tensors = Object.entries(WEIGHTS).map(([name, value]) => {
    const { shape, data } = tensor(value);
    return { name, tensor: { shape, read: async () => Float32Array.from(data) } };
  });
  writeFileSync("weights.safetensors", await collect(writeSafetensors(tensors, new Map())));
  for (const [name, document] of Object.entries(DOCUMENTS)) {
    writeFileSync(`${name}.json`, JSON.stringify(document));
    const { code, stderr } = await smxc("compile", `${name}.json`, "-o", `${name}.onnx`, "--no-verify");
    if (code !== 0) throw new Error(stderr);
  }
  const pixels = Uint8Array.from({ length: 5 * 4 * 3 }, (_, i) => (i * 37) % 256);
  const picture = { width: 5, height: 4, channels: 3 as const, bitDepth: 8 as const, data: pixels };
  writeFileSync(
    "picture.png",
    await encodeImage(picture as Parameters<typeof encodeImage>[0], "picture.png", () => {}),
  );
});
afterAll(() => {
  process.chdir(home);
  folder.remove();
});

/** PSNR of every value between two routings, by the reference interpreter. */
async function expectedPsnr(
  mode: RoutingMode,
  input: ReturnType<typeof tensor>,
): Promise<Readonly<Record<string, number>>> {
  const { spec } = parseDocument(JSON.stringify(DOCUMENTS.merged), "merged.json");
  const model: Model = { spec, weights: store(WEIGHTS) };
  const [exact, form] = await Promise.all(
    (["exact", mode] as const).map(async (routing) =>
      evaluate(buildGraph(retarget(model.spec, routing), model.weights).graph, new Map([["x", input]])),
    ),
  );
  return Object.fromEntries(
    ["a", "b", "y"].map((name) => {
      const [want, got] = [exact!.get(name)!.data, form!.get(name)!.data];
      const mean = want.reduce((sum, value, i) => sum + (value - got[i]!) ** 2, 0) / want.length;
      const peak = name === "y" ? 1 : want.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return [name, 10 * Math.log10(peak ** 2 / mean)];
    }),
  );
}

const pictureInput = () => {
  const data = Array.from({ length: 60 }, (_, i) => {
    const [channel, pixel] = [Math.floor(i / 20), i % 20];
    return Math.fround((((pixel * 3 + channel) * 37) % 256) / 255);
  });
  return tensor({ shape: [1, 3, 4, 5], data });
};

describe("smxc verify --against exact", () => {
  it.each([
    ["merged", "document", []],
    ["exact", "merged", []],
    ["hard", "hard", ["--routing", "hard"]],
  ] as const)("tells what %s costs, as %s, in dB and per block", async (name, routing, flags) => {
    const document = name === "exact" ? "exact" : "merged";
    const graph = `of-${name}.onnx`;
    await smxc("compile", `${document}.json`, "-o", graph, "--no-verify", ...flags);
    const told = await report(`${document}.json`, graph, "--image", "picture.png");
    expect(told).toMatchObject({ schemaVersion: 1, against: "exact", routing, target: "cpu" });
    const expected = await expectedPsnr(name === "hard" ? "hard" : "merged", pictureInput());
    const [{ problem, output, blocks }] = told.results as [ExactReport["results"][number]];
    expect(problem).toBe("picture.png");
    expect(output).toMatchObject({ name: "y", peak: 1 });
    expect(output.psnr).toBeCloseTo(expected.y!, 3);
    expect(blocks.map(({ layer }) => layer)).toEqual(["a", "b"]);
    for (const { layer, psnr, maxError } of blocks) {
      expect(psnr).toBeCloseTo(expected[layer]!, 3);
      expect(maxError).toBeGreaterThan(0);
    }
  });

  it("takes random inputs of several batches and sizes without pictures", async () => {
    const { results } = await report("merged.json", "merged.onnx");
    expect(results.length).toBeGreaterThan(2);
    expect((await report("merged.json", "merged.onnx", "--shape", "2x3x6x7")).results).toMatchObject([
      { problem: "x 2x3x6x7" },
    ]);
  });

  it("is a table for people", async () => {
    const { code, stdout } = await smxc(
      "verify",
      "merged.json",
      "merged.onnx",
      "--against",
      "exact",
      "--image",
      "picture.png",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^input +value +PSNR +largest error +peak\npicture.png +y +[0-9.]+ dB/);
    expect(stdout).toMatch(/\n +block a +[0-9.]+ dB .*\n +block b +[0-9.]+ dB/);
    expect(stdout).toContain("the document's routing against the exact form, on cpu");
  });

  it("fails below --min-psnr", async () => {
    const [{ output }] = (await report("merged.json", "merged.onnx", "--image", "picture.png")).results as [
      ExactReport["results"][number],
    ];
    const argv = ["verify", "merged.json", "merged.onnx", "--against", "exact", "--image", "picture.png", "--json"];
    const near = await smxc(...argv, "--min-psnr", String(output.psnr! - 1));
    expect(near.code).toBe(0);
    const far = await smxc(...argv, "--min-psnr", String(output.psnr! + 1));
    expect(far.code).toBe(1);
    expect(JSON.parse(far.stdout).errors).toMatchObject([{ code: "verify/far-from-exact", file: "merged.onnx" }]);
  });

  it("says where a document has no exact form", async () => {
    const { code, stdout } = await smxc("verify", "plain.json", "plain.onnx", "--against", "exact", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout).errors).toMatchObject([
      { code: "routing/no-blocks", file: "plain.json", pointer: "/layers" },
    ]);
  });
});
