/** Folding at the command line: what β it takes, what is left of the graph, what it costs, and what it says of that. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { openModelFile } from "../../cli/models/open-model.js";
import { compile } from "../../src/compile.js";
import { type DenseTensor, dense } from "../../src/ir/ops/dense-tensor.js";
import { LOWERING_NAMES } from "../../src/lowerings/names.js";
import { TARGETS } from "../../src/lowerings/targets.js";
import type { GraphProto, NodeProto } from "../../src/onnx/graph/records.js";
import { graphsIn } from "../../src/onnx/signature.js";
import { imageToTensor, toRgb } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { picturePsnr } from "../../src/pictures/metrics.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { absoluteError, relativeError, runGraph } from "../support/sessions.js";
import { runCaptured } from "./capture.js";
import { withoutRouters } from "./without-routers.js";

const folder = temporaryFolder();
const home = process.cwd();
const PICTURES = ["astronaut", "chelsea", "coffee"].map((name) => `photos/${name}.png`);
const [FIRST] = PICTURES as [string];
const ROUTERS = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((i) => [`beta.body.${i}.body.0`, `beta.body.${i}.body.2`]);

/** Runs `smxc` in the folder; its answer. */
async function smxc(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCaptured([...argv, "--json", "--quiet"], COMMANDS);
  if (code !== 0) throw new Error(`smxc ${argv.join(" ")} gave ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const compiling = (output: string, ...flags: readonly string[]) =>
  smxc("compile", "model.json", "-o", output, "--no-verify", ...flags);

/** The trained ×2 network, and a part of each of the three photographs. */
beforeAll(async () => {
  process.chdir(folder.path);
  mkdirSync("photos");
  await smxc("import", fixture("models", "nsr-x2", "checkpoint.pt"), "-o", "model.json");
  for (const picture of PICTURES) await cut(fixture("photographs", picture.replace("photos", "x2")), picture);
  await compiling("dynamic.onnx", "--expose-beta");
  await compiling("first.onnx", "--routing", "fold", "--image", FIRST);
}, 120_000);
afterAll(() => {
  process.chdir(home);
  folder.remove();
});

async function cut(from: string, to: string): Promise<void> {
  const { width: all, channels, data, ...rest } = await readImage(from, () => {});
  const [left, top, width, height] = [70, 60, 56, 44];
  const rows = Array.from({ length: height }, (_, y) => {
    const start = ((top + y) * all + left) * channels;
    return [...data.subarray(start, start + width * channels)];
  });
  const picture = { ...rest, width, height, channels, data: Uint8Array.from(rows.flat()) };
  writeFileSync(to, await encodeImage(picture, to, () => {}));
}

/** What a graph makes of pictures. */
async function outputsOf(
  graph: string,
  pictures: readonly string[],
): Promise<readonly ReadonlyMap<string, DenseTensor>[]> {
  const feeds = [];
  for (const picture of pictures) {
    const { shape, data } = imageToTensor(toRgb(await readImage(picture, () => {})));
    feeds.push(new Map([["x", dense(shape, data)]]));
  }
  return runGraph(readFileSync(graph), feeds);
}

const rowsOf = ({ shape, data }: DenseTensor): readonly (readonly number[])[] =>
  Array.from({ length: shape[1]! }, (_, e) => [...data.slice(e * shape[2]!, (e + 1) * shape[2]!)]);

describe("a graph folded for one picture", () => {
  it("gives the dynamic graph's result on it", async () => {
    const [dynamic] = await outputsOf("dynamic.onnx", [FIRST]);
    const [folded] = await outputsOf("first.onnx", [FIRST]);
    expect(relativeError(folded!.get("y")!, dynamic!.get("y")!)).toBeLessThan(1e-5);
  });

  it("is the graph folded for the β that --expose-beta shows, to the byte", async () => {
    const [dynamic] = await outputsOf("dynamic.onnx", [FIRST]);
    expect([...dynamic!.keys()]).toEqual(["y", ...ROUTERS]);
    const betas = Object.fromEntries(ROUTERS.map((name) => [name, rowsOf(dynamic!.get(name)!)]));
    writeFileSync("beta.json", JSON.stringify(betas));
    await compiling("from-file.onnx", "--routing", "fold", "--beta", "beta.json");
    expect(readFileSync("from-file.onnx").equals(readFileSync("first.onnx"))).toBe(true);
  });

  it("verifies against the document", async () => {
    const { passed } = await smxc("verify", "model.json", "first.onnx", "--shape", "1x3x9x12");
    expect(passed).toBe(true);
  });
});

describe("a graph folded for the mean of three pictures", () => {
  it("costs on each what running both graphs shows", async () => {
    const { fold } = (await compiling("mean.onnx", "--routing", "fold", "--images", "photos")) as {
      readonly fold: {
        readonly variation: Readonly<Record<string, number>>;
        readonly images: readonly {
          readonly image: string;
          readonly psnr: number;
          readonly picturePsnr: number;
          readonly maxError: number;
        }[];
      };
    };
    expect(fold.images.map(({ image }) => image)).toEqual(PICTURES);
    const dynamic = await outputsOf("dynamic.onnx", PICTURES);
    const folded = await outputsOf("mean.onnx", PICTURES);
    for (const [index, told] of fold.images.entries()) {
      const [want, got] = [dynamic[index]!.get("y")!, folded[index]!.get("y")!];
      const squares = want.data.reduce((sum, value, i) => sum + (value - got.data[i]!) ** 2, 0);
      expect(told.psnr).toBeCloseTo(-10 * Math.log10(squares / want.data.length), 3);
      expect(told.maxError).toBeCloseTo(absoluteError(got, want), 6);
      expect(told.psnr, "the trained network hardly notices").toBeGreaterThan(60);
      for (const graph of ["dynamic.onnx", "mean.onnx"]) await smxc("run", graph, told.image, "-o", `${graph}.png`);
      const [a, b] = [await readImage("dynamic.onnx.png", () => {}), await readImage("mean.onnx.png", () => {})];
      expect(told.picturePsnr).toBeCloseTo(picturePsnr(a, b, { shave: 0, color: "rgb" }), 6);
    }

    const betas = dynamic.map((outputs) => ROUTERS.map((name) => outputs.get(name)!.data));
    const largest = ROUTERS.map((_, router) => {
      const means = betas[0]![router]!.map(
        (_value, i) => betas.reduce((sum, run) => sum + run[router]![i]!, 0) / betas.length,
      );
      return Math.max(...betas.flatMap((run) => [...run[router]!].map((value, i) => Math.abs(value - means[i]!))));
    });
    expect(Object.keys(fold.variation)).toEqual(ROUTERS);
    for (const [router, value] of Object.values(fold.variation).entries())
      expect(value).toBeCloseTo(largest[router]!, 7);
  });
});

describe("a graph of which some layers are folded", () => {
  it("keeps the other routers, and gives the same result where β is the same", async () => {
    const fold = ["--routing", "fold", "--image", FIRST];
    await compiling(
      "part.onnx",
      ...fold,
      "--fold-layers",
      "body.1.*",
      "--fold-layers",
      "body.*.body.2",
      "--expose-beta",
    );
    const [dynamic] = await outputsOf("dynamic.onnx", [FIRST]);
    const [part] = await outputsOf("part.onnx", [FIRST]);
    const kept = ROUTERS.filter((name) => !/^beta\.body\.(1\.|\d\.body\.2)/.test(name));
    expect([...part!.keys()]).toEqual(["y", ...kept]);
    expect(relativeError(part!.get("y")!, dynamic!.get("y")!)).toBeLessThan(1e-5);
    for (const name of kept) expect(absoluteError(part!.get(name)!, dynamic!.get(name)!)).toBeLessThan(1e-5);
  });
});

describe("of a folded graph there remain", () => {
  /** Whatever else makes constant convolutions fast may come; these are what a network without routers is made of. */
  const PLAIN = ["Add", "Conv", "DepthToSpace", "Relu"];
  /** What only routers need; their matrix products are told by the names of what they read. */
  const ROUTING = ["GlobalAveragePool", "ReduceMean", "Softmax", "ArgMax", "Sigmoid"];

  it.each(TARGETS)("the operators that plain convolutions are made of: %s", async (target) => {
    const model = await openModelFile("model.json", "document");
    try {
      const betas = new Map(
        Object.entries(JSON.parse(readFileSync("beta.json", "utf8")) as Record<string, number[][]>),
      );
      const plain = await withoutRouters(model.spec, model.weights!);
      for (const lowering of ["auto", ...LOWERING_NAMES]) {
        for (const sizes of [{}, { batch: 1, height: 48, width: 64 }] as const) {
          const options = { target, lowering, ...sizes };
          const folded = compile(model.spec, model.weights, { ...options, fold: { betas } });
          const found = operatorsOf(folded.model.graph);
          const allowed = operatorsOf(compile(plain.spec, plain.weights, options).model.graph);
          expect(found).toEqual(allowed);
          expect(ROUTING.filter((operator) => found.includes(operator))).toEqual([]);
          if (lowering === "direct") expect(found).toEqual(PLAIN);
          const nodes = nodesOf(folded.model.graph);
          expect(
            nodes.filter(({ name = "", input }) => [name, ...input].some((each) => /beta|\bmlp\b/.test(each))),
          ).toEqual([]);
        }
      }
    } finally {
      await model.close();
    }
  });
});

function nodesOf(graph: GraphProto): readonly NodeProto[] {
  return graphsIn(graph).flatMap(({ node }) => node);
}

function operatorsOf(graph: GraphProto): readonly (string | undefined)[] {
  return [...new Set(nodesOf(graph).map((node) => node.op_type))].sort();
}
