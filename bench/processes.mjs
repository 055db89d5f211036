/** Node in a process of its own, and what it took. */
import { spawn } from "node:child_process";

/** Tells on standard error, when the process ends, what it took: KiB at most, and microseconds of processor time. */
const REPORT = `data:text/javascript,${encodeURIComponent(`process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write("\\ntook " + [maxRSS, userCPUTime + systemCPUTime].join(" ") + "\\n");
});`)}`;

/**
 * @param args of node
 * @returns {Promise<{seconds: number, processorSeconds: number, peakMB: number, stdout: string}>}
 * @throws Error with what the process said, when it does not end with 0
 */
export function runProcess(args, { cwd } = {}) {
  const began = performance.now();
  const child = spawn(process.execPath, ["--import", REPORT, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const told = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"])
    child[stream].setEncoding("utf8").on("data", (text) => {
      told[stream] += text;
    });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`node ${args.join(" ")} gave ${code}: ${told.stderr}`));
      const [, kibibytes, microseconds] = /^took (\d+) (\d+)$/m.exec(told.stderr);
      const seconds = (performance.now() - began) / 1000;
      resolve({ seconds, processorSeconds: microseconds / 1e6, peakMB: kibibytes / 1024, stdout: told.stdout });
    });
  });
}
