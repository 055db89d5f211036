/** `smxc serve` as a process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { MAIN } from "./cli.js";

export interface ServedPage {
  readonly address: string;
  readonly pid: number;
  stdout(): string;
  close(): Promise<void>;
}

/**
 * @param main the program; that of the checkout unless given
 * @param flags any free port unless given
 */
export async function servePage(main = MAIN, flags: readonly string[] = ["--port", "0"]): Promise<ServedPage> {
  const child = spawn(process.execPath, [main, "serve", ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close");
  const started = async (): Promise<void> => {
    while (!stdout.includes("\n")) await once(child.stdout, "data");
  };
  await Promise.race([
    started(),
    ended.then(() => {
      throw new Error(`smxc serve ended: ${stderr}`);
    }),
  ]);
  return {
    address: stdout.trim(),
    pid: child.pid!,
    stdout: () => stdout,
    async close() {
      child.kill("SIGINT");
      await ended;
    },
  };
}
