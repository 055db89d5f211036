/** `smxc compile --routing hard` of ONNX graphs: every router chooses one expert. */
import { readFileSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import type { DenseTensor } from "../../src/ir/ops/dense-tensor.js";
import { readMetadata } from "../../src/metadata.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { metadataOf } from "../../src/onnx/signature.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture, readTensors } from "../support/fixtures.js";
import { encoded, joined, relativeError, rowOf, runGraph } from "../support/sessions.js";
import { runCaptured } from "./capture.js";
import { compileAnswer } from "./compile-answer.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(folder.remove);

const run = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const exported = (name: string) => fixture("onnx-exports", name, "legacy.onnx");

async function open(path: string): Promise<ModelWithGraph> {
  return (await decodeGraph(bytesSource(path, Uint8Array.from(readFileSync(path))))).message as ModelWithGraph;
}

async function runOne(path: string, x: DenseTensor): Promise<ReadonlyMap<string, DenseTensor>> {
  return (await runGraph(await encoded(await open(path)), [new Map([["x", x]])]))[0]!;
}

/** What `--beta` takes: 1 for the expert of the largest β, 0 for the others. */
function chosen(outputs: ReadonlyMap<string, DenseTensor>): object {
  const betas = [...outputs].filter(([name]) => name.startsWith("beta."));
  return Object.fromEntries(
    betas.map(([name, { shape, data }]) => {
      const [, experts, cardinals] = shape as [number, number, number];
      const rows = Array.from({ length: experts }, (_, e) => [...data.slice(e * cardinals, (e + 1) * cardinals)]);
      return [
        name,
        rows.map((row) => row.map((value, d) => (value === Math.max(...rows.map((own) => own[d]!)) ? 1 : 0))),
      ];
    }),
  );
}

describe.each(["layer-dynamic-stride2", "layer-einsum", "layer-odconv-all-inside", "nsr"])(
  "the hard choice of %s",
  (name) => {
    let x: DenseTensor;

    beforeAll(async () => {
      x = (await readTensors("onnx-exports", name, "io.safetensors")).get("x3")!;
      const { code, stderr } = await run(
        "compile",
        exported(name),
        "-o",
        at("hard.onnx"),
        "--routing",
        "hard",
        "--expose-beta",
      );
      expect(code, stderr).toBe(0);
      expect(stderr).toContain("the comparison with the source ran with the source's β");
    });

    it("gives for each sample what the fold to its chosen experts gives", async () => {
      const whole = await runOne(at("hard.onnx"), x);
      const expected: DenseTensor[] = [];
      for (const n of [0, 1, 2]) {
        const sample = rowOf(x, n);
        writeFileSync(at("chosen.json"), JSON.stringify(chosen(await runOne(at("hard.onnx"), sample))));
        const fold = ["--routing", "fold", "--beta", at("chosen.json"), "--no-verify"];
        expect((await run("compile", exported(name), "-o", at("folded.onnx"), ...fold)).code).toBe(0);
        expected.push((await runOne(at("folded.onnx"), sample)).get("y")!);
      }
      expect(relativeError(whole.get("y")!, joined(expected))).toBeLessThan(TOLERANCES.relative);
    });

    it("shows β as they were before the choice", async () => {
      const outputs = await runOne(at("hard.onnx"), rowOf(x, 0));
      const [beta] = [...outputs].filter(([output]) => output.startsWith("beta.")).map(([, value]) => value);
      expect(Math.max(...beta!.data)).toBeLessThan(1);
    });

    it("is another function than the source, which the metadata says", async () => {
      const [own, source] = [await runOne(at("hard.onnx"), rowOf(x, 0)), await runOne(exported(name), rowOf(x, 0))];
      expect(relativeError(own.get("y")!, source.get("y")!)).toBeGreaterThan(TOLERANCES.relative);
      expect(readMetadata(metadataOf(await open(at("hard.onnx"))))?.compiled.routing).toBe("hard");
    });
  },
);

describe("--routing hard", () => {
  const hard = ["--routing", "hard"];

  it("says which routers choose, and on pictures what that costs", async () => {
    await sharp(fixture("images", "patch.png")).resize(12, 16, { fit: "fill" }).toFile(at("a.png"));
    const compile = ["compile", exported("einsum-restorer"), "-o", at("hard.onnx"), ...hard, "--image", at("a.png")];
    const { code, stdout, stderr } = await run(...compile);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("hard compared with dynamic");
    expect(stdout).toContain(
      "the graph no longer computes the same as the source: these routers now choose one expert: beta./body.0/Conv, beta./body.1/Conv",
    );
    const answer = compileAnswer((await run(...compile, "--json")).stdout);
    expect(answer.hard.routers).toEqual(["beta./body.0/Conv", "beta./body.1/Conv"]);
    expect(answer.hard.images[0].psnr).toBeLessThan(100);
    expect(answer.hard.images[0].image).toBe(at("a.png"));
  });

  it("changes nothing where the source chooses already, and says so", async () => {
    const { code, stdout } = await run("compile", exported("layer-hard"), "-o", at("hard.onnx"), ...hard);
    expect(code).toBe(0);
    expect(stdout).toContain("already chooses one expert; nothing changes");
    const x = (await readTensors("onnx-exports", "layer-hard", "io.safetensors")).get("x1")!;
    const [own, source] = [await runOne(at("hard.onnx"), x), await runOne(exported("layer-hard"), x)];
    expect(relativeError(own.get("y")!, source.get("y")!)).toBeLessThan(TOLERANCES.relative);
  });

  it("is refused where experts are no alternatives, with each convolution", async () => {
    const { code, stderr } = await run("compile", exported("condconv"), "-o", at("none.onnx"), ...hard);
    expect(code).toBe(1);
    expect(stderr).toContain("routing/not-allowed");
    expect(stderr).toContain("a weight of its own (sigmoid), so the experts are not alternatives");
    for (const node of ["/pw/Conv", "/dw/Conv"]) expect(stderr).toContain(`the convolution "${node}"`);
  });

  it("is refused where there is no router", async () => {
    const { code, stderr } = await run("compile", exported("layer-modulated"), "-o", at("none.onnx"), ...hard);
    expect(code).toBe(1);
    expect(stderr).toContain("compile/no-router");
  });

  it.each(["exact", "merged", "dense"])("is not %s, which says something of a document's block", async (mode) => {
    const { code, stderr } = await run("compile", exported("nsr"), "-o", at("none.onnx"), "--routing", mode);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `--routing ${mode} is only for model documents: it chooses how a two-layer block sums its groups`,
    );
  });

  it("takes no β", async () => {
    const { code, stderr } = await run(
      "compile",
      exported("nsr"),
      "-o",
      at("none.onnx"),
      ...hard,
      "--beta",
      at("b.json"),
    );
    expect(code).toBe(2);
    expect(stderr).toContain("--beta and --fold-layers belong to --routing fold");
  });
});
