/** What a process that is ended in the middle of a write leaves behind. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UNNAMED } from "./faults.js";

const WRITER = new URL("child-writer.mjs", import.meta.url).pathname;
let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "smxc-interrupt-"));
  writeFileSync(at("w"), "old weights");
  writeFileSync(at("m"), "old document");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a slow write of both files and ends it by a signal once some of the first is written. */
async function interrupt(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly pid: number }> {
  const child = spawn(process.execPath, [WRITER, "slow", at("w"), at("m")], { stdio: ["ignore", "pipe", "inherit"] });
  await seen(child, "piece 3");
  const ended = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
  child.kill(signal);
  return { code: await ended, pid: child.pid! };
}

function seen(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(text)) resolve();
    });
    child.on("exit", () => reject(new Error(`the writer ended early: ${output}`)));
  });
}

function expectOldFiles(): void {
  expect(readFileSync(at("w"), "utf8")).toBe("old weights");
  expect(readFileSync(at("m"), "utf8")).toBe("old document");
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s removes the temporaries and exits %i", async (signal, expected) => {
  const { code } = await interrupt(signal);
  expect(code).toBe(expected);
  expect(readdirSync(folder).sort()).toEqual(["m", "w"]);
  expectOldFiles();
});

test("SIGKILL leaves the old files and, where files need a name, one recognisable temporary, which the next run removes", async () => {
  const { pid } = await interrupt("SIGKILL");
  expect(readdirSync(folder).sort()).toEqual([...(UNNAMED ? [] : [`.w.smxc-${pid}.tmp`]), "m", "w"]);
  expectOldFiles();
  const next = spawnSync(process.execPath, [WRITER, "fast", at("w"), at("m")], { encoding: "utf8" });
  expect(next.stdout).toMatch(/written\n$/);
  expect(readdirSync(folder).sort()).toEqual(["m", "w"]);
  expect(statSync(at("w")).size).toBe(4 * 2 ** 20);
});

test.runIf(process.platform === "linux")(
  "a write that the system cuts short is an error that leaves the old files",
  () => {
    const command = `ulimit -f 2048; exec "$0" "$1" fast "$2" "$3"`;
    const { stdout, status } = spawnSync("bash", ["-c", command, process.execPath, WRITER, at("w"), at("m")], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    const { kind, diagnostics } = JSON.parse(stdout.trim().split("\n").at(-1)!);
    expect(kind).toBe("io");
    expect(diagnostics[0]).toMatchObject({
      code: "io/cannot-write",
      file: at("w"),
      message: expect.stringContaining("EFBIG"),
    });
    expect(readdirSync(folder).sort()).toEqual(["m", "w"]);
    expectOldFiles();
  },
);

test.runIf(UNNAMED)(
  "a file that cannot be given a name is put in place as a copy, with the old one's permissions",
  () => {
    chmodSync(at("m"), 0o640);
    const { stdout } = spawnSync(process.execPath, [WRITER, "fast", at("w"), at("m")], {
      encoding: "utf8",
      env: { ...process.env, PATH: folder },
    });
    expect(stdout).toMatch(/written\n$/);
    expect(readdirSync(folder).sort()).toEqual(["m", "w"]);
    for (const name of ["w", "m"]) expect(readFileSync(at(name)).equals(Buffer.alloc(4 * 2 ** 20, 7))).toBe(true);
    expect(statSync(at("m")).mode & 0o777).toBe(0o640);
  },
);
