/** The files that compile writes for a target, opened by its provider as they lie there: run and verified. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { graphsIn } from "../../src/onnx/signature.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const PICTURE = fixture("images", "patch.png");
const SMALL = ["--shape", "1x3x16x17", "--shape", "2x3x9x8"];

beforeAll(async () => {
  await run("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"));
});
afterAll(folder.remove);

const VARIANTS: readonly (readonly string[])[] = [
  [],
  ["--external-data"],
  ["--external-data", "--no-winograd"],
  ["--external-data", "--expose-beta"],
  ["--external-data", "--dtype", "float16"],
  ["--external-data", "--dtype", "float16", "--expose-beta"],
  ["--external-data", "--routing", "hard"],
  ["--external-data", "--routing", "fold", "--image", PICTURE],
  ["--external-data", "--context", "patch"],
  ["--external-data", "--lowering", "unfold"],
];

/** What each target's graphs are run on here; the browser's tests run those for WebGPU on WebGPU. */
const PROVIDERS = [
  ["cpu", "cpu", VARIANTS],
  ["wasm", "wasm", VARIANTS],
  ["wasm", "cpu", VARIANTS.slice(1, 2)],
  ["webgpu", "wasm", VARIANTS.slice(1, 2)],
  ["cuda", "cpu", VARIANTS.slice(5, 6)],
] as const;

describe.each(PROVIDERS)("for %s, on %s", (target, provider, variants) => {
  it.each(variants.map((flags) => [flags] as const))("compile %j runs and verifies", async (flags) => {
    const graph = at(`${target}-${provider}-${VARIANTS.indexOf(flags)}.onnx`);
    const compiled = await run("compile", at("m.json"), "-o", graph, "--target", target, "--no-verify", ...flags);
    expect([compiled.code, compiled.stderr]).toEqual([0, ""]);
    expect(existsSync(`${graph}.data`)).toBe(flags.includes("--external-data"));
    const verified = await run("verify", at("m.json"), graph, "--target", provider, ...SMALL);
    expect([verified.code, verified.stderr]).toEqual([0, ""]);
    const ran = await run("run", graph, PICTURE, "-o", at("o.png"), "--target", provider);
    expect([ran.code, ran.stderr]).toEqual([0, ""]);
  });
});

describe("weights that a Scan's body reads", () => {
  const external = async (graph: string) => {
    const { message } = await decodeGraph(bytesSource(graph, Uint8Array.from(readFileSync(graph))));
    const [main, ...bodies] = graphsIn(message.graph!);
    const count = (graphs: readonly NonNullable<typeof main>[]) =>
      graphs.flatMap(({ initializer }) => initializer.filter((tensor) => tensor.external_data.length > 0)).length;
    return { main: count([main!]), bodies: count(bodies) };
  };

  it("lie in the data file for the CPU, and in the graph for WebAssembly, which would not find them", async () => {
    for (const target of ["cpu", "wasm"])
      await run(
        "compile",
        at("m.json"),
        "-o",
        at(`${target}.onnx`),
        "--target",
        target,
        "--external-data",
        "--no-verify",
      );
    expect((await external(at("cpu.onnx"))).bodies).toBeGreaterThan(0);
    const { main, bodies } = await external(at("wasm.onnx"));
    expect(main).toBeGreaterThan(0);
    expect(bodies).toBe(0);
    const { code, stderr } = await run("run", at("cpu.onnx"), PICTURE, "-o", at("o.png"), "--target", "wasm");
    expect([code, stderr]).toEqual([1, expect.stringContaining("compile the graph with --target wasm")]);
  });
});
