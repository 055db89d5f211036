// Loaded before the program (node --import): tells, when the process ends, what it took.
import { readFileSync, writeFileSync } from "node:fs";

const { SMXC_TEST_USAGE: file } = process.env;

/**
 * Bytes of the most memory that was resident. Of Linux's two figures the one that begins with the program: the other,
 * maxRSS, begins with the process that started it.
 */
function mostResident() {
  const [, kibibytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "") ?? [];
  return 1024 * (kibibytes === undefined ? process.resourceUsage().maxRSS : Number(kibibytes));
}

process.on("exit", () =>
  writeFileSync(file, JSON.stringify({ ...process.resourceUsage(), mostResident: mostResident() })),
);
