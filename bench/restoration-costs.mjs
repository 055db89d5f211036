/** What a graph costs beside its time: bytes, the time to open it, memory, accuracy. */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { least } from "./graphs.mjs";
import { runProcess } from "./processes.mjs";
import { openSession, pictures } from "./runtime.mjs";

const CHILD = fileURLToPath(new URL("open-and-run.mjs", import.meta.url));
/** Rounds of source and compiled in turn. */
const ROUNDS = 3;
const SHAPE = [1, 3, 128, 128];
/** Smaller: ONNX Runtime without its optimisations, which is the reference, is slow. */
const COMPARED = [1, 3, 64, 64];

/** @returns all in one thread: bytes, least milliseconds to open, MB of a process that opens and runs 1x3x128x128, and the error */
export async function measureCosts({ file, weightBytes }, compiled, target) {
  const files = { export: file, open: compiled };
  const rounds = { export: [], open: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, path] of Object.entries(files)) {
      const { stdout, peakMB } = await runProcess([CHILD, path, target, "1", SHAPE.join("x")]);
      rounds[name].push({ ...JSON.parse(stdout), peakMB });
    }
  }
  const best = (field, digits) =>
    Object.fromEntries(
      Object.entries(rounds).map(([name, all]) => [
        name,
        Number(least(all.map((each) => each[field])).toFixed(digits)),
      ]),
    );
  return {
    weightBytes,
    bytes: Object.fromEntries(Object.entries(files).map(([name, path]) => [name, statSync(path).size])),
    openMs: best("openMs", 1),
    openCpuMs: best("openCpuMs", 1),
    peakMB: best("peakMB", 0),
    ...(await errorOf(file, compiled, target)),
  };
}

/** The largest difference from the source without ONNX Runtime's optimisations on the CPU, and the source's own with them. */
async function errorOf(file, compiled, target) {
  const run = async (path, options) => {
    const session = await openSession(path, options);
    const { y } = await session.run({ x: await pictures(COMPARED, options) });
    const data = Float32Array.from(y.data);
    await session.release();
    return data;
  };
  const reference = await run(file, { optimization: "disabled" });
  const difference = (data) =>
    data.reduce((largest, value, at) => Math.max(largest, Math.abs(value - reference[at])), 0);
  return {
    largestOutput: reference.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
    error: { export: difference(await run(file, { target })), open: difference(await run(compiled, { target })) },
  };
}
