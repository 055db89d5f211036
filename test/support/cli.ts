/** The built program as a process of its own, in a folder that is gone afterwards. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built program. */
export const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `smxc` to its end. */
export function smxc(args: readonly string[], cwd: string): Promise<Ended> {
  return runNode([MAIN, ...args], cwd);
}

export function runNode(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        ended[stream] += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...ended }));
  });
}

/** Runs the program and fails, with what it said, unless it was content. */
export async function succeed(args: readonly string[], cwd: string): Promise<Ended> {
  return requireContent(args, await smxc(args, cwd));
}

/** @throws Error with what the program said, unless it was content */
export function requireContent<E extends Ended>(args: readonly string[], ended: E): E {
  const { code, stdout, stderr } = ended;
  if (code !== 0) throw new Error(`smxc ${args.join(" ")} gave ${code}: ${stderr}${stdout}`);
  return ended;
}

/** A new folder under the system's, and the function that removes it. */
export function temporaryFolder(): { readonly path: string; at(name: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "smxc-test-"));
  return { path, at: (name) => join(path, name), remove: () => rmSync(path, { recursive: true, force: true }) };
}
