/** The networks that bench/peers/export_torch.py wrote, and what smxc makes of them. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DIST, graphBytes } from "./graphs.mjs";
import { runProcess } from "./processes.mjs";

const MAIN = fileURLToPath(new URL("cli/main.js", DIST));
const COMPILED = fileURLToPath(new URL("../out/restoration/", import.meta.url));

/**
 * @param folder of export_torch.py
 * @param only names, or undefined for all
 * @returns {{name: string, file: string, weightBytes: number, torch: string, scale: number, multiple: number}[]}
 */
export function exportedNetworks(folder, only) {
  const names = readdirSync(folder).flatMap((file) => /^(.*)\.json$/.exec(file)?.[1] ?? []);
  const missing = (only ?? []).filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new Error(`${folder} has no ${missing.join(", ")}: bench/peers/export_torch.py writes them`);
  return (only ?? names.sort()).map((name) => ({
    name,
    file: join(folder, `${name}.onnx`),
    ...JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")),
  }));
}

/**
 * Compiles an export as a user does, without the comparison at the end: errors are measured apart.
 *
 * @param size pixels of height and width, or undefined for open ones
 * @returns the compiled graph's path
 */
export async function compileExport({ name, file }, { target, threads, size }) {
  mkdirSync(COMPILED, { recursive: true });
  const output = join(COMPILED, `${[name, target, threads, size ?? "open"].join("-")}.onnx`);
  const fixed = size === undefined ? [] : ["--batch", "1", "--height", String(size), "--width", String(size)];
  const flags = ["--target", target, "--threads", String(threads), "--no-verify", "--quiet", ...fixed];
  await runProcess([MAIN, "compile", file, "-o", output, ...flags]);
  // Where nothing gains, nothing is written.
  return existsSync(output) ? output : file;
}

/**
 * Graphs of a network that mixes its kernels, built of its document: with kernels that are constant, as every exporter
 * writes them, and mixed.
 */
export async function documentGraphs(name, { target, threads, size }) {
  const [, units, width, blocks] = /^nsr-(\d+)x(\d+)-b(\d+)$/.exec(name)?.map(Number) ?? [];
  if (units === undefined) return new Map();
  const fixed = { target, threads, batch: 1, height: size, width: size };
  const variants = {
    constant: { ...fixed, fold: true, lowering: "direct" },
    direct: { ...fixed, winograd: false },
    folded: { ...fixed, fold: true },
    "document, open": { target, threads },
    "document, fixed": fixed,
  };
  const graphs = new Map();
  for (const [variant, options] of Object.entries(variants))
    graphs.set(variant, (await graphBytes({ units, width, blocks }, options)).bytes);
  return graphs;
}
