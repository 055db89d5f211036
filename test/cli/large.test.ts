/** Large networks: memory that does not grow with them, and graphs past what one file can hold. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFiles } from "../../cli/files/write-files.js";
import { encodeForFiles } from "../../cli/models/encode-for-files.js";
import { compile } from "../../src/compile.js";
import { writeSafetensors } from "../../src/files/safetensors-write.js";
import { importModel } from "../../src/frontends/checkpoints/import.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import type { StoredTensor, TensorStore } from "../../src/tensors/tensor.js";
import { type Network, tensorShapes } from "../property/networks/network.js";
import { MAIN, runNode, temporaryFolder } from "../support/cli.js";

const REPORT_USAGE = fileURLToPath(new URL("../errors/report-usage.mjs", import.meta.url));
const MEBIBYTE = 2 ** 20;

/** 36 MiB of weights a block, in tensors of 18 MiB. */
const BLOCK_BYTES = 2 * 8 * 256 * 256 * 9 * 4;
const network = (blocks: number): Network => ({
  units: 256,
  blocks,
  experts: 8,
  cardinals: 16,
  width: 1,
  scale: 2,
  channels: 3,
  frames: 1,
  skip: true,
  spelling: "weight_norm",
  parallel: false,
  seed: 1,
});

/** Tensors of a network whose values are made when they are read, and do not matter. */
function storeOf(blocks: number): TensorStore {
  const tensors = tensorShapes(network(blocks)).map(({ name, shape }): readonly [string, StoredTensor] => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    return [name, { name, dtype: "float32", shape, read: async () => new Float32Array(count).fill(0.01) }];
  });
  return { tensors: new Map(tensors), others: new Map(), metadata: new Map() };
}

describe("the memory of a whole process", () => {
  const folder = temporaryFolder();
  /** Far apart, as the collector frees buffers late: the difference must be more than some of them. */
  const [SMALL, LARGE] = [1, 6];

  beforeAll(async () => {
    for (const blocks of [SMALL, LARGE]) {
      const tensors = [...storeOf(blocks).tensors].map(([name, tensor]) => ({ name, tensor }));
      const path = folder.at(`${blocks}.safetensors`);
      await writeFiles([{ path, content: writeSafetensors(tensors, new Map()) }], { inputs: [] });
    }
  }, 120_000);
  afterAll(folder.remove);

  /** The most memory that a command held, in bytes. */
  async function peak(...args: readonly string[]): Promise<number> {
    const usage = folder.at("usage.json");
    const { code, stderr } = await runNode(["--import", REPORT_USAGE, MAIN, ...args, "--quiet"], folder.path, {
      SMXC_TEST_USAGE: usage,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return (JSON.parse(readFileSync(usage, "utf8")) as { readonly mostResident: number }).mostResident;
  }

  it.each([
    ["import", (blocks: number) => ["import", `${blocks}.safetensors`, "-o", `${blocks}.json`]],
    ["compile", (blocks: number) => ["compile", `${blocks}.json`, "-o", `${blocks}.onnx`, "--no-verify"]],
    [
      "compile with external data",
      (blocks: number) => ["compile", `${blocks}.json`, "-o", `${blocks}.onnx`, "--no-verify", "--external-data"],
    ],
  ] as const)("%s: does not grow with the network", { timeout: 300_000 }, async (_name, args) => {
    const small = await peak(...args(SMALL));
    const large = await peak(...args(LARGE));
    const more = (LARGE - SMALL) * BLOCK_BYTES;
    expect((large - small) / MEBIBYTE, `of ${more / MEBIBYTE} MiB more`).toBeLessThan((0.5 * more) / MEBIBYTE);
    expect(large / MEBIBYTE).toBeLessThan((2.5 * LARGE * BLOCK_BYTES) / MEBIBYTE);
  });
});

describe("a graph past 2 GiB", () => {
  /** Laid out without a weight being read. */
  function filesOf(blocks: number): readonly string[] {
    const store = storeOf(blocks);
    const { document } = importModel(store);
    const { spec } = parseDocument(JSON.stringify({ ...document, weights: { file: "w" } }), "m.json");
    const plain = tensorShapes({ ...network(blocks), spelling: "plain" }).map(
      ({ name, shape }): readonly [string, StoredTensor] => [
        name,
        { name, dtype: "float32", shape, read: () => Promise.reject(new Error("a weight was read")) },
      ],
    );
    const { model } = compile(spec, { ...store, tensors: new Map(plain) });
    return encodeForFiles(model, "m.onnx", false, "cpu").map(({ path }) => path);
  }

  it("has its weights beside it, which a smaller one does not", () => {
    const fitting = Math.floor((2 ** 31 - 1) / BLOCK_BYTES);
    expect(filesOf(fitting - 2)).toEqual(["m.onnx"]);
    expect(filesOf(fitting + 1)).toEqual(["m.onnx.data", "m.onnx"]);
  });
});
