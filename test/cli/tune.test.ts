/** `smxc compile --tune`: what was measured decides, and is told. Times are given in the cache, so that nothing here depends on the machine. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { readMetadata } from "../../src/metadata.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { metadataOf } from "../../src/onnx/signature.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";
import { compileAnswer } from "./compile-answer.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(folder.remove);

const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const graph = fixture("onnx-exports", "einsum-restorer", "legacy.onnx");
const compile = (...flags: readonly string[]) => run("compile", graph, "-o", at("out.onnx"), "--tune", ...flags);

interface Trial {
  readonly convolution: string;
  readonly lowering: string;
  readonly ns: number;
  readonly measured: "now" | "before";
}

/** A cache in which one lowering takes a nanosecond, and every other a second. */
function writeCache(file: string, keys: readonly string[], fastest: string): void {
  const ns = keys.map((key) => [key, key.endsWith(`: ${fastest}`) ? 1 : 1e9] as const);
  writeFileSync(at(file), JSON.stringify({ schemaVersion: 1, ns: Object.fromEntries(ns) }));
}

describe("--tune of an ONNX graph", () => {
  it("measures every lowering of every distinct convolution, keeps and tells it", async () => {
    const { code, stdout, stderr } = await compile("--json");
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("compared with the source");
    const { trials } = compileAnswer(stdout) as { readonly trials: readonly Trial[] };
    const mixed = trials.filter(({ convolution }) => convolution === "16 to 16, 16x12, 4 experts");
    expect(mixed.map(({ lowering }) => lowering)).toEqual(["direct", "winograd-f4x4", "winograd-f4x6"]);
    expect(trials.some(({ convolution }) => convolution.endsWith("constant"))).toBe(true);
    for (const { ns, measured } of trials) {
      expect(ns).toBeGreaterThan(0);
      expect(measured).toBe("now");
    }
    const cache = JSON.parse(readFileSync(at("out.onnx.tune.json"), "utf8")).ns;
    expect(Object.keys(cache)).toHaveLength(trials.length);
    const again = compileAnswer((await compile("--json")).stdout).trials as readonly Trial[];
    expect(again).toEqual(trials.map((trial) => ({ ...trial, measured: "before" })));

    for (const [fastest, lowering] of [
      ["f4x4", "winograd-f4x4"],
      ["f4x6", "winograd-f4x6"],
      ["direct", "direct"],
    ] as const) {
      writeCache("given.json", Object.keys(cache), fastest);
      const given = await compile("--tune-cache", at("given.json"), "--explain");
      expect(given.code, given.stderr).toBe(0);
      expect(given.stdout).toMatch(new RegExp(`16 to 16, 16x12, 4 experts +${lowering} +0\\.00000100 ms +before`));
      const choices = await choicesOf(at("out.onnx"));
      expect(given.stdout).toMatch(new RegExp(`\\n[^ ]*body\\S+ +${lowering} +one by one`));
      expect(choices.filter(({ layer }) => layer.includes("body")).map((choice) => choice.lowering)).toEqual([
        lowering,
        lowering,
      ]);
    }
  }, 120_000);

  it("measures folded convolutions as what they become", async () => {
    const beta = (name: string) => [`beta./body.${name}/Conv`, [[0.25], [0.25], [0.25], [0.25]]] as const;
    writeFileSync(at("betas.json"), JSON.stringify(Object.fromEntries([beta("0"), beta("1")])));
    const { code, stdout, stderr } = await compile("--routing", "fold", "--beta", at("betas.json"), "--json");
    expect(code, stderr).toBe(0);
    const convolutions = (compileAnswer(stdout).trials as readonly Trial[]).map(({ convolution }) => convolution);
    expect(convolutions).toContain("16 to 16, 16x12, constant");
  }, 120_000);

  it("says so where there is nothing to measure", async () => {
    const { code, stdout, stderr } = await compile("--portable", "--tune-cache", at("none.json"), "--json");
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("nothing to measure: Winograd needs a Scan");
    expect(compileAnswer(stdout).trials).toEqual([]);
    expect(existsSync(at("none.json"))).toBe(false);
  });

  it("says that float16 leaves no choice", async () => {
    const { stderr } = await compile("--dtype", "float16", "--tune-cache", at("none.json"), "--no-verify");
    expect(stderr).toContain("nothing to measure: Winograd is not used in float16");
  });

  it("is refused where this machine's processor tells nothing", async () => {
    const { code, stderr } = await compile("--target", "webgpu");
    expect(code).toBe(2);
    expect(stderr).toContain("tune/target");
  });
});

/** How each convolution of a compiled graph runs, as its metadata says. */
async function choicesOf(path: string): Promise<readonly { readonly layer: string; readonly lowering: string }[]> {
  const { message } = await decodeGraph(bytesSource(path, Uint8Array.from(readFileSync(path))));
  return readMetadata(metadataOf(message))!.compiled.choices!;
}
