/** One graph under ONNX Runtime's own profiler. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProfileRow, profileRows } from "../src/bench/profile.js";
import { error, SmxcError } from "../src/diagnostics.js";
import { type BenchOptions, randomFeeds } from "./bench-graphs.js";

const WARM_UP = 2;
const MOST_RUNS = 10;

/** @throws SmxcError `bench/profile-target`: only onnxruntime-node writes a profile that can be read back */
export async function profileGraph(file: string, options: BenchOptions): Promise<readonly ProfileRow[]> {
  if (options.target === "wasm") throw new SmxcError([noProfile()], "usage");
  const ort = await import("onnxruntime-node");
  const folder = await mkdtemp(join(tmpdir(), "smxc-profile-"));
  try {
    const session = await ort.InferenceSession.create(file, {
      executionProviders: [options.target],
      intraOpNumThreads: options.threads,
      enableProfiling: true,
      profileFilePrefix: join(folder, "profile"),
      logSeverityLevel: 4,
    });
    const ports = session.inputMetadata.map((port) => ({
      name: port.name,
      type: port.isTensor ? port.type : "other",
      shape: port.isTensor ? port.shape : [],
    }));
    const feeds = [...randomFeeds(file, ports, options.shape)].map(
      ([name, { data, shape }]) => [name, new ort.Tensor("float32", data, shape)] as const,
    );
    for (let run = 0; run < WARM_UP + Math.min(MOST_RUNS, options.runs); run++) {
      await session.run(Object.fromEntries(feeds));
    }
    session.endProfiling();
    await session.release();
    const [written] = await readdir(folder);
    return profileRows(await readFile(join(folder, written!), "utf8"), WARM_UP);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const noProfile = () =>
  error("bench/profile-target", "ONNX Runtime's WebAssembly keeps its profile inside, where nothing can read it", {
    hint: "profile with --target cpu: the operators are the same",
  });
