/** `smxc compile` of ONNX graphs with raised kernels: β shown, and β held. */
import { readFileSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import type { DenseTensor } from "../../src/ir/ops/dense-tensor.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { encodeModel } from "../../src/onnx/encode.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { withOutputs } from "../../src/onnx/rewrite/extract.js";
import { imageToTensor } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture, readTensors } from "../support/fixtures.js";
import { encoded, joined, relativeError, runGraph } from "../support/sessions.js";
import { runCaptured } from "./capture.js";
import { compileAnswer } from "./compile-answer.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(folder.remove);

const run = (...argv: readonly string[]) =>
  runCaptured(
    argv.map((word) => (/^[a-z-]+\.[a-z]+$/.test(word) ? at(word) : word)),
    COMMANDS,
  );

async function open(path: string): Promise<ModelWithGraph> {
  return (await decodeGraph(bytesSource(path, Uint8Array.from(readFileSync(path))))).message as ModelWithGraph;
}

async function runOne(model: ModelWithGraph, x: DenseTensor): Promise<ReadonlyMap<string, DenseTensor>> {
  return (await runGraph(await encoded(model), [new Map([["x", x]])]))[0]!;
}

const names = (values: readonly { readonly name: string | undefined }[]) => values.map(({ name }) => name);
const operators = ({ graph }: ModelWithGraph) => graph.node.map(({ op_type }) => op_type);

/** [1, experts, cardinals] as `--beta` reads it. */
function rowsOf({ shape, data }: DenseTensor): readonly (readonly number[])[] {
  const [, experts, cardinals] = shape as [number, number, number];
  return Array.from({ length: experts }, (_, e) => [...data.slice(e * cardinals, (e + 1) * cardinals)]);
}

async function writeBetas(file: string, outputs: ReadonlyMap<string, DenseTensor>): Promise<void> {
  const betas = [...outputs].filter(([name]) => name.startsWith("beta."));
  writeFileSync(at(file), JSON.stringify(Object.fromEntries(betas.map(([name, value]) => [name, rowsOf(value)]))));
}

const SOFTMAX = ["layer-dynamic-stride2", "layer-dynamic-5x5-grouped", "layer-dynamic-no-bias", "layer-einsum"];
const CASES = SOFTMAX.flatMap((layer) => ["static.onnx", "legacy.onnx"].map((file) => [layer, file] as const));

describe.each(CASES)("β of %s, %s", (layer, file) => {
  const path = fixture("onnx-exports", layer, file);
  let source: ModelWithGraph;
  let shown: ModelWithGraph;
  let x: DenseTensor;
  let outputs: ReadonlyMap<string, DenseTensor>;

  beforeAll(async () => {
    source = await open(path);
    x = (await readTensors("onnx-exports", layer, "io.safetensors")).get("x1")!;
    const { code, stderr } = await run("compile", path, "-o", "shown.onnx", "--expose-beta");
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("compared with the source");
    shown = await open(at("shown.onnx"));
    outputs = await runOne(shown, x);
  });

  it("is a further output by the name of its convolution", () => {
    const conv = source.graph.node.findLast(({ op_type }) => op_type === "Conv")!;
    expect(names(shown.graph.output)).toEqual(["y", `beta.${conv.name || conv.output[0]}`]);
    expect(names(shown.graph.input)).toEqual(["x"]);
    expect(shown.graph.output[1]!.type?.tensor_type?.shape?.dim.slice(1).map((dim) => dim.dim_value)).toEqual([4, 1]);
  });

  it("is what the source's softmax gives", async () => {
    const softmax = source.graph.node.filter(({ op_type }) => op_type === "Softmax");
    const values = await runOne(withOutputs(source, [softmax[0]!.output[0]!]) as ModelWithGraph, x);
    const expected = values.get(softmax[0]!.output[0]!)!;
    const beta = outputs.get(names(shown.graph.output)[1]!)!;
    expect(softmax).toHaveLength(1);
    expect([...beta.data].reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(relativeError({ ...beta, shape: expected.shape }, expected)).toBeLessThan(TOLERANCES.relative);
  });

  it("held at its values on a picture, gives what the source gives there, without a router", async () => {
    await writeBetas("betas.json", outputs);
    const { code, stderr } = await run(
      ...["compile", path, "-o", "folded.onnx", "--routing", "fold", "--beta", "betas.json"],
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("the comparison with the source ran with computed β");
    expect(stderr).toMatch(/3 samples together/);
    const folded = await open(at("folded.onnx"));
    for (const gone of ["Softmax", "Gemm", "GlobalAveragePool", "ReduceMean"])
      expect(operators(folded)).not.toContain(gone);
    const expected = await runOne(source, x);
    expect(relativeError((await runOne(folded, x)).get("y")!, expected.get("y")!)).toBeLessThan(TOLERANCES.relative);
  });
});

describe("flags of β", () => {
  const einsum = fixture("onnx-exports", "layer-einsum", "static.onnx");
  const BETA = "beta.node_Conv_32";
  const fold = ["--routing", "fold", "--beta", "betas.json"];
  const hold = (betas: object) => writeFileSync(at("betas.json"), JSON.stringify(betas));

  it("names the outputs in JSON, in the form of its schema", async () => {
    const { stdout } = await run("compile", einsum, "-o", "out.onnx", "--expose-beta", "--json");
    expect(compileAnswer(stdout).betas).toEqual([BETA]);
  });

  it("a graph that shows β is verified against its source", async () => {
    await run("compile", einsum, "-o", "out.onnx", "--expose-beta");
    expect((await run("verify", einsum, "out.onnx")).code).toBe(0);
  });

  it("shows β of every sample of an opened batch", async () => {
    await run("compile", einsum, "-o", "out.onnx", "--expose-beta", "--batch", "dynamic");
    const model = await open(at("out.onnx"));
    const x = (await readTensors("onnx-exports", "layer-einsum", "io.safetensors")).get("x1")!;
    const two = joined([x, { ...x, data: x.data.map((value) => value * value) }]);
    const [both, one] = [await runOne(model, two), await runOne(model, x)];
    expect(both.get(BETA)!.shape).toEqual([2, 4, 1]);
    expect([...both.get(BETA)!.data.slice(0, 4)]).toEqual([...one.get(BETA)!.data]);
  });

  it("takes a name that the source has not", async () => {
    const source = await open(einsum);
    const renamed: ModelWithGraph = {
      ...source,
      graph: { ...source.graph, input: source.graph.input.map((input) => ({ ...input, name: BETA })) },
    };
    const node = source.graph.node.map((each) => ({
      ...each,
      input: each.input.map((name) => (name === "x" ? BETA : name)),
    }));
    const bytes = await collect(encodeModel({ ...renamed, graph: { ...renamed.graph, node } }).model);
    writeFileSync(at("taken.onnx"), bytes);
    const { code, stderr } = await run("compile", "taken.onnx", "-o", "out.onnx", "--expose-beta");
    expect(code, stderr).toBe(0);
    expect(names((await open(at("out.onnx"))).graph.output)).toEqual(["y", `${BETA}#2`]);
  });

  it("shows β where they are not held", async () => {
    hold({ [BETA]: [[0.25], [0.25], [0.25], [0.25]] });
    await run("compile", einsum, "-o", "out.onnx", ...fold, "--expose-beta");
    expect(names((await open(at("out.onnx"))).graph.output)).toEqual(["y"]);
  });

  it("refuses values that fit no router, and patterns that match none", async () => {
    hold({ "beta.node_Conv_3": [[1], [0], [0], [0]] });
    const other = await run("compile", einsum, "-o", "none.onnx", ...fold);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain("fold/unknown-beta");
    expect(other.stderr).toContain(`did you mean "${BETA}"?`);
    hold({ [BETA]: [[1, 0, 0, 0]] });
    const misshapen = await run("compile", einsum, "-o", "none.onnx", ...fold);
    expect(misshapen.code).toBe(1);
    expect(misshapen.stderr).toContain("betas.json");
    const idle = await run("compile", einsum, "-o", "none.onnx", ...fold, "--fold-layers", "body*");
    expect(idle.code).toBe(2);
    const missing = await run("compile", einsum, "-o", "none.onnx", "--routing", "fold");
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("usage/fold");
  });

  it("says so where a graph has no router", async () => {
    const plain = fixture("onnx-exports", "layer-modulated", "static.onnx");
    const { code, stderr } = await run("compile", plain, "-o", "none.onnx", "--expose-beta");
    expect(code).toBe(1);
    expect(stderr).toContain("compile/no-router");
  });

  it("refuses other modes of routing", async () => {
    const { code, stderr } = await run("compile", einsum, "-o", "none.onnx", "--routing", "merged");
    expect(code).toBe(2);
    expect(stderr).toContain("--routing merged is only for model documents");
  });
});

describe("β of a graph from pictures", () => {
  const path = fixture("onnx-exports", "einsum-restorer", "legacy.onnx");
  const fold = ["compile", path, "-o", "folded.onnx", "--routing", "fold"];
  const bodies = ["beta./body.0/Conv", "beta./body.1/Conv"];

  const picture = async (file: string, brightness: number) =>
    sharp(fixture("images", "patch.png")).resize(12, 16, { fit: "fill" }).modulate({ brightness }).toFile(at(file));
  const inputOf = async (file: string) => {
    const { shape, data } = imageToTensor(await readImage(at(file), () => {}));
    return { shape, data: Float64Array.from(data) };
  };

  beforeAll(async () => {
    await picture("a.png", 1);
    await picture("b.png", 0.3);
  });

  it("of one, holds what it gives there", async () => {
    const { code, stdout, stderr } = await run(...fold, "--image", "a.png", "--json");
    expect(code, stderr).toBe(0);
    const { variation, images } = compileAnswer(stdout).fold;
    expect(variation).toEqual({ [bodies[0]!]: 0, [bodies[1]!]: 0 });
    expect(images).toMatchObject([{ image: at("a.png"), picturePsnr: null, picturePsnrReason: "equal" }]);
    const x = await inputOf("a.png");
    const [expected, actual] = [await runOne(await open(path), x), await runOne(await open(at("folded.onnx")), x)];
    expect(relativeError(actual.get("y")!, expected.get("y")!)).toBeLessThan(TOLERANCES.relative);
  });

  it("of several, holds their mean, and says what that costs", async () => {
    const { code, stdout, stderr } = await run(...fold, "--image", "a.png", "--image", "b.png");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("largest deviation from the mean");
    expect(stdout).toContain("folded compared with dynamic");
    await run("compile", path, "-o", "shown.onnx", "--expose-beta");
    const shown = await open(at("shown.onnx"));
    const [a, b] = [await runOne(shown, await inputOf("a.png")), await runOne(shown, await inputOf("b.png"))];
    const means = bodies.map((name) => {
      const { shape, data } = a.get(name)!;
      return [name, { shape, data: data.map((value, index) => (value + b.get(name)!.data[index]!) / 2) }] as const;
    });
    await writeBetas("means.json", new Map(means));
    await run("compile", path, "-o", "means.onnx", "--routing", "fold", "--beta", "means.json");
    const x = await inputOf("b.png");
    const [expected, actual] = [
      await runOne(await open(at("means.onnx")), x),
      await runOne(await open(at("folded.onnx")), x),
    ];
    expect(relativeError(actual.get("y")!, expected.get("y")!)).toBeLessThan(TOLERANCES.relative);
  });

  it("of some layers alone, with the others shown", async () => {
    const { code, stderr } = await run(...fold, "--image", "a.png", "--fold-layers", "*body.0*", "--expose-beta");
    expect(code, stderr).toBe(0);
    expect(names((await open(at("folded.onnx"))).graph.output)).toEqual(["y", bodies[1]]);
  });

  it("is refused where the graph takes none, and without a fold", async () => {
    const layer = fixture("onnx-exports", "layer-einsum", "static.onnx");
    const none = await run("compile", layer, "-o", "none.onnx", "--routing", "fold", "--image", "a.png");
    expect(none.code).toBe(1);
    expect(none.stderr).toContain("run/no-picture");
    expect((await run("compile", path, "-o", "none.onnx", "--image", "a.png")).code).toBe(2);
    const half = await run("compile", path, "-o", "none.onnx", "--image", "a.png", "--dtype", "float16");
    expect(half.code).toBe(2);
    expect(half.stderr).toContain("go with --routing fold");
  });

  it("is never written over the pictures", async () => {
    const { code } = await run("compile", path, "-o", "a.png", "--routing", "fold", "--image", "a.png");
    expect(code).toBe(2);
    expect((await readImage(at("a.png"), () => {})).width).toBe(12);
  });
});
