/** Whole networks in the checkpoints that people hold, with what PyTorch computes of them. */
import { existsSync, readdirSync } from "node:fs";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import { fixture, readJson } from "./fixtures.js";

export interface NetworkCase {
  readonly name: string;
  /** Under `fixtures/`; beside it lies `io.safetensors`: x and y, and xs and ys of another size. */
  readonly checkpoint: readonly string[];
  readonly io: readonly string[];
  /** What no tensor tells. */
  readonly needs: ReadonlyMap<string, ConfigValue>;
}

const FOLDER = ["checkpoints", "networks"] as const;

interface CaseFile {
  readonly needs?: Readonly<Record<string, ConfigValue>>;
}

/** Every folder of `fixtures/checkpoints/networks`, and the network of `fixtures/checkpoints`. */
export const NETWORK_CASES: readonly NetworkCase[] = [
  {
    name: "nsr-x2",
    checkpoint: ["oracle", "nsr-x2", "checkpoint.pt"],
    io: ["oracle", "nsr-x2", "io.safetensors"],
    needs: new Map([["patch", 48]]),
  },
  ...foldersOf(fixture(...FOLDER)).map(
    (name): NetworkCase => ({
      name,
      checkpoint: [...FOLDER, name, "checkpoint.pth"],
      io: [...FOLDER, name, "io.safetensors"],
      needs: new Map(Object.entries(readJson<CaseFile>(...FOLDER, name, "case.json").needs ?? {})),
    }),
  ),
];

function foldersOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
