#!/usr/bin/env node
/** `npm start`: compiles the shipped ×2 network, enlarges a shipped photograph and says how good the result is. */
import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { openFileSource } from "../src/base/bytes/file-source-node.js";
import { SmxcError } from "../src/base/diagnostics.js";
import { compile, importCheckpoint } from "../src/index.js";
import { encodeImage, readImage } from "../src/pictures/image-node.js";
import { picturePsnr } from "../src/pictures/metrics.js";
import { resizeBicubic } from "../src/pictures/resize.js";
import { restoreWhole } from "../src/restore/restore.js";
import { createNodeSession } from "../src/sessions/session-ort-node.js";
import { writeFiles } from "./files/write-files.js";
import { createColors, wantsColor } from "./terminal/colors.js";
import { renderDiagnostics } from "./terminal/render-diagnostics.js";

/** Of the package: this file runs as dist/cli/start.js. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CHECKPOINT = join(ROOT, "fixtures/models/nsr-x2/checkpoint.pt");
/** Side of the patches that the network was trained on. */
const PATCH = 32;
const SMALL = join(ROOT, "fixtures/photographs/x2/astronaut.png");
const LARGE = join(ROOT, "fixtures/photographs/hr/astronaut.png");
/** Where to write: the folder that is named, or out/ of the package. */
const OUT = process.argv[2] ?? join(ROOT, "out");
const SCALE = 2;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const shown = (path: string): string => relative(process.cwd(), path);
const since = (began: number): string => `${((performance.now() - began) / 1000).toFixed(2)} s`;
const silent = (): void => {};

async function start(): Promise<void> {
  say(`smxc compiles ${shown(CHECKPOINT)}: 8 blocks of 32 channels, 4 experts in each convolution.`);
  let began = performance.now();
  const graph = await compileCheckpoint();
  const graphPath = join(OUT, "nsr-x2.onnx");
  say(
    `Compiled in ${since(began)} to one graph for any batch, height and width: ${(graph.length / 1e6).toFixed(1)} MB.`,
  );

  const small = await readImage(SMALL, silent);
  const session = await createNodeSession({ name: graphPath, bytes: graph }, { target: "cpu" });
  began = performance.now();
  const format = { range: [0, 1], color: "rgb", scale: SCALE } as const;
  const large = await restoreWhole(session, { input: "x", output: "y" }, format, small);
  say(
    `ONNX Runtime enlarged ${shown(SMALL)} from ${small.width}x${small.height} to ${large.width}x${large.height} in ${since(began)}.`,
  );
  await session.release();

  const original = await readImage(LARGE, silent);
  const quality = (picture: typeof large): number => picturePsnr(picture, original, { shave: SCALE, color: "rgb" });
  const [ours, bicubic] = [large, resizeBicubic(small, large.width, large.height)].map(quality) as [number, number];
  say(`PSNR against the true picture: ${ours.toFixed(2)} dB; bicubic enlargement: ${bicubic.toFixed(2)} dB.`);

  const picturePath = join(OUT, "astronaut-x2.png");
  await mkdir(OUT, { recursive: true });
  const picture = await encodeImage(large, picturePath, silent);
  const files = [
    { path: graphPath, content: graph },
    { path: picturePath, content: picture },
  ];
  await writeFiles(files, { inputs: [CHECKPOINT, SMALL, LARGE] });
  say(`Wrote ${files.map(({ path }) => shown(path)).join(" and ")}.`);
  say(`Next: npx smxc run ${shown(graphPath)} <your photo> -o larger.png`);
}

async function compileCheckpoint(): Promise<Uint8Array<ArrayBuffer>> {
  const source = await openFileSource(CHECKPOINT);
  try {
    const { document, weights } = await importCheckpoint(source, { config: new Map([["patch", PATCH]]) });
    return await compile(document, weights);
  } finally {
    await source.close();
  }
}

try {
  await start();
} catch (cause) {
  if (!(cause instanceof SmxcError)) throw cause;
  const colors = createColors(wantsColor(process.stderr, process.env));
  process.stderr.write(renderDiagnostics(cause.diagnostics, colors, () => undefined));
  process.exitCode = 1;
}
