/** Files of `fixtures/`, and models made from them. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { openWeights } from "../../src/files/open.js";
import { prefixFinder } from "../../src/frontends/checkpoints/architecture.js";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import { type Imported, type ImportOptions, importModel } from "../../src/frontends/checkpoints/import.js";
import type { ModelSpec } from "../../src/frontends/document/document.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import { type DenseTensor, dense } from "../../src/ir/ops/dense-tensor.js";
import type { TensorStore } from "../../src/tensors/tensor.js";

/** The path of a file or folder under `fixtures/`. */
export function fixture(...path: readonly string[]): string {
  return fileURLToPath(new URL(`../../fixtures/${path.join("/")}`, import.meta.url));
}

/** The tensors of a weights file of any format. */
export function openFixture(...path: readonly string[]): Promise<TensorStore> {
  return openWeights(bytesSource(path.join("/"), Uint8Array.from(readFileSync(fixture(...path)))));
}

/** All tensors of a file, read. */
export async function readTensors(...path: readonly string[]): Promise<ReadonlyMap<string, DenseTensor>> {
  const { tensors } = await openFixture(...path);
  const read = [...tensors].map(async ([name, tensor]) => [name, dense(tensor.shape, await tensor.read())] as const);
  return new Map(await Promise.all(read));
}

/** A checkpoint, and beside it `io.safetensors`, inputs and what PyTorch computed of them. */
export interface OracleCase {
  readonly name: string;
  /** The importer's name. */
  readonly family: string;
  readonly config: ReadonlyMap<string, ConfigValue>;
  /** Its folder under `fixtures/`. */
  readonly folder: readonly string[];
  readonly checkpoint: string;
  /** Whether the family must be given; otherwise the tensors tell it. */
  readonly given: boolean;
}

const foldersOf = (...path: readonly string[]): readonly string[] =>
  readdirSync(fixture(...path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** Every folder of `fixtures/oracle`. */
export const ORACLE_CASES: readonly OracleCase[] = foldersOf("oracle").map((name) => {
  const folder = ["oracle", name];
  const config = new Map(Object.entries(readJson<Record<string, ConfigValue>>(...folder, "case.json")));
  return { name, family: String(config.get("family")), config, folder, checkpoint: "weights.safetensors", given: true };
});

/** Every folder of `fixtures/checkpoints/networks`: whole networks that are imported by what their tensors tell. */
export const NETWORK_CASES: readonly OracleCase[] = foldersOf("checkpoints", "networks").map((name) => {
  const folder = ["checkpoints", "networks", name];
  const { arch, needs = {} } = readJson<{ arch: string; needs?: Record<string, ConfigValue> }>(...folder, "case.json");
  const config = new Map(Object.entries(needs));
  return { name, family: arch, config, folder, checkpoint: "checkpoint.pth", given: false };
});

export function readJson<T>(...path: readonly string[]): T {
  return JSON.parse(readFileSync(fixture(...path), "utf8")) as T;
}

/** A model as a user has it after `smxc import`: the document read back from its text, the weights from their file. */
export interface ImportedFixture {
  readonly imported: Imported;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly spec: ModelSpec;
  readonly weights: TensorStore;
}

export async function importStore(store: TensorStore, options: ImportOptions = {}): Promise<ImportedFixture> {
  const imported = importModel(store, options);
  const bytes = await collect(imported.weights);
  const text = JSON.stringify({ ...imported.document, weights: { file: "model.weights.safetensors" } });
  const { spec } = parseDocument(text, "model.json");
  return { imported, bytes, spec, weights: await openWeights(bytesSource("model.weights.safetensors", bytes)) };
}

/** The tensors of a case, opened as `smxc import` does. */
export function openOracle({ family, folder, checkpoint, given }: OracleCase): Promise<TensorStore> {
  const source = bytesSource(checkpoint, Uint8Array.from(readFileSync(fixture(...folder, checkpoint))));
  return openWeights(source, { findPrefixes: prefixFinder(given ? family : undefined) });
}

export async function importOracle(oracle: OracleCase, report?: ImportOptions["report"]): Promise<ImportedFixture> {
  const { family, config, given } = oracle;
  return importStore(await openOracle(oracle), {
    config,
    ...(given ? { arch: family } : {}),
    ...(report ? { report } : {}),
  });
}

/** Inputs of a case, and what PyTorch computed of them. */
export const readOracle = ({ folder }: OracleCase): ReturnType<typeof readTensors> =>
  readTensors(...folder, "io.safetensors");
