/** The trained networks of `fixtures/models` give PyTorch's pictures. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NETWORKS } from "../../models/index.js";
import { compile } from "../../src/compile.js";
import { type DenseTensor, dense } from "../../src/ir/ops/dense-tensor.js";
import { crop, imageToTensor } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import { picturePsnr } from "../../src/pictures/metrics.js";
import { succeed } from "../cli/capture.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture, type ImportedFixture, importStore, openFixture, readJson, readTensors } from "../support/fixtures.js";
import { absoluteError, encoded, joined, relativeError, rowOf, runGraph } from "../support/sessions.js";

/** What PyTorch and ONNX Runtime may differ by on a whole photograph, of values near [0, 1]. */
const WHOLE_TOLERANCE = 2e-5;
const PSNR_TOLERANCE = 0.01;
const ROW_TOLERANCE = 1e-5;

interface Psnr {
  readonly rgb: number;
  readonly y: number;
}

interface Info {
  readonly scale: number;
  readonly task: string;
  readonly psnr: Readonly<Record<string, { readonly whole: Psnr; readonly patch: Psnr }>>;
}

/** Those of which PyTorch's output on a photograph is stored. */
const STORED = ["nsr-x2", "nsr-x3", "nsr-denoise25", "nsr-jpeg10"] as const;

const picture = (...path: readonly string[]) =>
  readImage(fixture("photographs", ...path), (warning) => {
    throw new Error(warning.message);
  });

const importTrained = async (name: string) => importStore(await openFixture("models", name, "checkpoint.pt"));

it.each(STORED)("%s gives PyTorch's output on a whole photograph", async (name) => {
  const model = await importTrained(name);
  const io = await readTensors("models", name, "whole.safetensors");
  const bytes = await encoded(compile(model.spec, model.weights).model);
  const [result] = await runGraph(bytes, [new Map([["x", io.get("x")!]])]);
  expect(absoluteError(result!.get("y")!, io.get("y")!)).toBeLessThanOrEqual(WHOLE_TOLERANCE);
});

describe.each(NETWORKS.map(({ name }) => name))("%s", (name) => {
  const info = readJson<Info>("models", name, "info.json");
  const folder = temporaryFolder();
  let model: ImportedFixture;

  const images = Object.keys(info.psnr);
  // Patches of one picture: test/differential/context-patch compares them with PyTorch's number by number.
  const restored = { whole: images, patch: images.slice(0, 1) };
  beforeAll(async () => {
    model = await importTrained(name);
    for (const [kind, names] of Object.entries(restored)) {
      const inputs = names.map((image) => fixture("photographs", info.task, `${image}.png`));
      await succeed(["run", name, ...inputs, "-o", `${folder.at(kind)}/`, "--context", kind], folder.path);
    }
  }, 120_000);
  afterAll(folder.remove);

  const runs = (["whole", "patch"] as const).flatMap((kind) => restored[kind].map((image) => [image, kind] as const));
  it.each(runs)(
    "restores %s as well as PyTorch does in the context %s, from file to file, by its name",
    async (image, kind) => {
      const result = await readImage(folder.at(`${kind}/${image}.png`), () => {});
      const whole = await picture("hr", `${image}.png`);
      // Those of nsr-x4 were reduced without the last columns, which are no multiple of four.
      const original = crop(
        whole,
        0,
        0,
        whole.width - (whole.width % info.scale),
        whole.height - (whole.height % info.scale),
      );
      const shave = info.scale === 1 ? 0 : info.scale;
      for (const color of ["rgb", "y"] as const) {
        const measured = picturePsnr(result, original, { shave, color });
        const expected = info.psnr[image]![kind][color];
        expect(Math.abs(measured - expected), `${color} ${measured}`).toBeLessThanOrEqual(PSNR_TOLERANCE);
      }
    },
  );

  it.each(["cpu", "webgpu"] as const)("serves batches of different pictures by one graph for %s", async (target) => {
    const bytes = await encoded(compile(model.spec, model.weights, { target }).model);
    const pieces = await sevenPieces(info);
    const one = (
      await runGraph(
        bytes,
        pieces.map((x) => new Map([["x", x]])),
      )
    ).map((result) => result.get("y")!);
    const batches = [1, 2, 7].map((size) => new Map([["x", joined(pieces.slice(0, size))]]));
    for (const result of await runGraph(bytes, batches)) {
      const y = result.get("y")!;
      for (let n = 0; n < y.shape[0]!; n++)
        expect(relativeError(rowOf(y, n), one[n]!), `row ${n} of ${y.shape[0]}`).toBeLessThanOrEqual(ROW_TOLERANCE);
    }
  });
});

/** Pieces of odd sides from different photographs. */
async function sevenPieces({ task, psnr: images }: Info): Promise<readonly DenseTensor[]> {
  const pictures = await Promise.all(Object.keys(images).map((each) => picture(task, `${each}.png`)));
  return Array.from({ length: 7 }, (_, n) => {
    const { data, shape } = imageToTensor(crop(pictures[n % pictures.length]!, 7 * n, 5 * n, 33, 27));
    return dense(shape, data);
  });
}
