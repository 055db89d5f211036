/** One graph under ONNX Runtime's own profiler. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { error, SmxcError } from "../../../src/base/diagnostics.js";
import { type ProfileRow, profileRows } from "../../../src/bench/profile.js";
import { refuseTelemetry } from "../../../src/sessions/telemetry-node.js";
import { type BenchOptions, randomFeeds } from "./graphs.js";
import type { ProfileTask } from "./profile-wasm.js";

const WARM_UP = 2;
const MOST_RUNS = 10;
const LARGEST_PROFILE = 2 ** 29;

/** @throws SmxcError `bench/profile` when WebAssembly gives none */
export async function profileGraph(file: string, options: BenchOptions): Promise<readonly ProfileRow[]> {
  return options.target === "wasm" ? profileWasm(file, options) : profileNative(file, options);
}

async function profileWasm(file: string, { threads, shape, runs }: BenchOptions): Promise<readonly ProfileRow[]> {
  const script = fileURLToPath(new URL("./profile-wasm.js", import.meta.url));
  const task: ProfileTask = { file, threads, shape: shape ?? null, runs: WARM_UP + Math.min(MOST_RUNS, runs) };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(task)], {
      maxBuffer: LARGEST_PROFILE,
    });
    return profileRows(stdout.slice(stdout.indexOf("["), stdout.lastIndexOf("]") + 1), WARM_UP);
  } catch (cause) {
    throw new SmxcError([noProfile(file, (cause as Error).message)]);
  }
}

async function profileNative(file: string, options: BenchOptions): Promise<readonly ProfileRow[]> {
  refuseTelemetry();
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

const noProfile = (file: string, cause: string) =>
  error("bench/profile", `ONNX Runtime on WebAssembly wrote no profile: ${cause.split("\n")[0]}`, {
    file,
    hint: "profile with --target cpu; the graph has the same operators there",
  });
