/** Signals end every command at once, also in the middle of work that never lets the event loop turn. */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIN, succeed, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";

const folder = temporaryFolder();
const { at } = folder;
/** A process that is not ended by the signal would go on for ever. */
const ENDS = { timeout: 60_000 };

/** The first reading of a file says so and never ends, without a turn of the event loop. */
const BUSY = `data:text/javascript,
  import fs from "node:fs/promises";
  import { syncBuiltinESMExports } from "node:module";
  const { open } = fs;
  fs.open = (path, ...rest) => {
    if (!String(path).includes("net.") && !String(path).includes("photo.")) return open(path, ...rest);
    process._rawDebug("busy");
    for (;;);
  };
  syncBuiltinESMExports();`;

beforeAll(async () => {
  copyFileSync(fixture("models", "nsr-x2", "checkpoint.pt"), at("net.pt"));
  await succeed(["import", "net.pt", "-o", "net.json"], folder.path);
  await succeed(["compile", "net.json", "-o", "net.onnx", "--no-verify"], folder.path);
  writeFileSync(at("photo.png"), "");
}, 120_000);
afterAll(folder.remove);

const COMMANDS: readonly (readonly string[])[] = [
  ["import", "net.pt", "-o", "out.json"],
  ["compile", "net.json", "-o", "out.onnx"],
  ["verify", "net.json", "net.onnx"],
  ["run", "net.onnx", "photo.png", "-o", "out.png"],
  ["check", "net.onnx"],
  ["inspect", "net.onnx"],
  ["diff", "net.onnx", "net.onnx"],
  ["bench", "net.onnx"],
];

function start(argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["--import", BUSY, MAIN, ...argv], {
    cwd: folder.path,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function ended(child: ChildProcess): Promise<readonly [code: number | null, signal: NodeJS.Signals | null]> {
  return new Promise((resolve) => child.on("close", (...how) => resolve(how)));
}

// On Windows every signal ends a process as SIGKILL does.
describe.skipIf(process.platform === "win32")("in the middle of work that holds the event loop", () => {
  it.each(COMMANDS.map((argv) => [argv[0]!, argv] as const))(
    "%s ends by SIGINT, and leaves nothing",
    ENDS,
    async (_, argv) => {
      const before = readdirSync(folder.path);
      const child = start(argv);
      const end = ended(child);
      await new Promise((resolve) => child.stderr!.once("data", resolve));
      child.kill("SIGINT");
      expect(await end).toEqual([null, "SIGINT"]);
      expect(readdirSync(folder.path)).toEqual(before);
    },
  );

  it.each(["SIGTERM", "SIGHUP"] as const)("%s ends it too", ENDS, async (signal) => {
    const child = start(["inspect", "net.onnx"]);
    const end = ended(child);
    await new Promise((resolve) => child.stderr!.once("data", resolve));
    child.kill(signal);
    expect(await end).toEqual([null, signal]);
  });
});
