/** The folders that test/peers/export_networks.py writes. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DIST } from "./program.mjs";

const load = (path) => import(new URL(path, DIST).href);
const { readSafetensors } = await load("src/files/safetensors.js");
const { bytesSource } = await load("src/base/bytes/byte-source.js");

const COMPILED = ".smxc.onnx";

/**
 * @param only names of networks; all when empty
 * @returns what PyTorch exported, and where its compiled graph belongs
 */
export function peerNetworks(folder, only = []) {
  const isNetwork = (name) => existsSync(join(folder, name, "io.safetensors"));
  const networks = readdirSync(folder).filter((name) => isNetwork(name) && (only.length === 0 || only.includes(name)));
  if (networks.length === 0) throw new Error(`${folder} has no such network: test/peers/export_networks.py makes them`);
  return networks.map((name) => ({
    name,
    io: join(folder, name, "io.safetensors"),
    exports: readdirSync(join(folder, name))
      .filter((file) => file.endsWith(".onnx") && !file.endsWith(COMPILED))
      .map((file) => {
        const exporter = file.replace(/\.onnx$/, "");
        return { exporter, source: join(folder, name, file), compiled: join(folder, name, `${exporter}${COMPILED}`) };
      }),
  }));
}

/** The tensors of an io.safetensors by name, each with `data` and `shape`. */
export async function readTensors(path) {
  const { tensors } = await readSafetensors(bytesSource(path, new Uint8Array(readFileSync(path))));
  const entries = [...tensors].map(async ([name, tensor]) => [
    name,
    { shape: tensor.shape, data: await tensor.read() },
  ]);
  return new Map(await Promise.all(entries));
}
