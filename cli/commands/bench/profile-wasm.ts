/**
 * Runs as a process of its own: WebAssembly prints its profile to standard output, where only another process can read it.
 * Argument: JSON of `ProfileTask`.
 */
import { readFile } from "node:fs/promises";
import ort from "onnxruntime-web";
import { randomFeeds } from "./graphs.js";

export interface ProfileTask {
  readonly file: string;
  readonly threads: number;
  readonly shape: readonly number[] | null;
  readonly runs: number;
}

const { file, threads, shape, runs } = JSON.parse(process.argv[2]!) as ProfileTask;
ort.env.wasm.numThreads = threads;
const session = await ort.InferenceSession.create(await readFile(file), { enableProfiling: true, logSeverityLevel: 4 });
const ports = session.inputMetadata.map((port) => ({
  name: port.name,
  type: port.isTensor ? port.type : "other",
  shape: port.isTensor ? port.shape : [],
}));
const feeds = [...randomFeeds(file, ports, shape ?? undefined)].map(
  ([name, { data, shape: dims }]) => [name, new ort.Tensor("float32", data, dims)] as const,
);
for (let run = 0; run < runs; run++) await session.run(Object.fromEntries(feeds));
session.endProfiling();
await session.release();
// Threads of WebAssembly would keep the process alive.
process.stdout.write("", () => process.exit(0));
