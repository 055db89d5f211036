/** What a measurement was made on. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/**
 * The widest vector instructions, in which processors of one name differ and which decide between convolutions. SMXC_BENCH_VECTORS says
 * it where ONNX Runtime is kept from using the widest ones.
 */
function vectors() {
  if (process.env.SMXC_BENCH_VECTORS) return process.env.SMXC_BENCH_VECTORS;
  try {
    const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.trim().split(/\s+/));
    return ["avx512f", "avx2"].find((flag) => flags.has(flag))?.replace(/f$/, "") ?? process.arch;
  } catch {
    return process.arch;
  }
}

export const MACHINE = { cpu: cpus()[0]?.model ?? "unknown", vectors: vectors() };
