/** PyTorch's own times of a network, by bench/peers/time_torch.py. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("peers/time_torch.py", import.meta.url));

/** @param python an interpreter that has torch */
export function timeTorch(python, name, { size, threads, seconds }) {
  const flags = ["--size", size, "--threads", threads, "--seconds", seconds].map(String);
  return JSON.parse(
    execFileSync(python, [SCRIPT, name, ...flags], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
  );
}
