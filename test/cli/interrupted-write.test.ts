/** What a process that is ended in the middle of a write leaves behind. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UNNAMED } from "./faults.js";

const WRITER = fileURLToPath(new URL("child-writer.mjs", import.meta.url));
const DRAFTS = new URL("../../dist/cli-modules/files/drafts.js", import.meta.url).href;
let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "smxc-interrupt-"));
  writeFileSync(at("w"), "old weights");
  writeFileSync(at("m"), "old document");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Interrupted {
  readonly code: number | null;
  readonly by: NodeJS.Signals | null;
  readonly pid: number;
}

/** Starts a slow write of both files and ends it by a signal once some of the first is written. */
async function interrupt(signal: NodeJS.Signals): Promise<Interrupted> {
  const child = spawn(process.execPath, [WRITER, "slow", at("w"), at("m")], { stdio: ["ignore", "pipe", "inherit"] });
  await seen(child, "piece 3");
  const ended = new Promise<Omit<Interrupted, "pid">>((resolve) =>
    child.on("exit", (code, by) => resolve({ code, by })),
  );
  child.kill(signal);
  return { ...(await ended), pid: child.pid! };
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

// On Windows every signal ends a process as SIGKILL does.
test.skipIf(process.platform === "win32").each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s leaves no temporaries and is %i to a shell", async (signal, expected) => {
  const { code, by } = await interrupt(signal);
  // What has no name needs no tidying up: the system ends the process.
  expect({ code, by }).toEqual(UNNAMED ? { code: null, by: signal } : { code: expected, by: null });
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

test.runIf(UNNAMED)(
  "a temporary with a name is removed when a signal comes, whose exit code is the shell's",
  async () => {
    const script = `
    import { openDraft } from ${JSON.stringify(DRAFTS)};
    import * as fs from "node:fs/promises";
    const path = process.argv[1];
    await openDraft({ path, real: path, special: false }, { open: fs.open, rename: fs.rename });
    process.stdout.write("piece 3");
    setInterval(() => {}, 1000);
  `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, at("x")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await seen(child, "piece 3");
    expect(readdirSync(folder).sort()).toEqual([`.x.smxc-${child.pid}.tmp`, "m", "w"]);
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
    expect(readdirSync(folder).sort()).toEqual(["m", "w"]);
  },
);
