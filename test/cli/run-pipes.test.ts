/** `smxc run` on what comes through a pipe. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { MAIN, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const smxc = (...argv: readonly string[]) => runCaptured(argv, COMMANDS);
const run = (...argv: readonly string[]) => smxc("run", at("m.json"), ...argv);
const PHOTO = fixture("images", "batch", "a.png");

beforeAll(async () => {
  await smxc("import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json"));
});
afterAll(folder.remove);

const newFolder = () => join(mkdtempSync(at("out-")), "made", "here");

describe.runIf(process.platform === "linux")("pipes", () => {
  function piped(
    argv: readonly string[],
    input: Uint8Array,
  ): Promise<{ readonly code: number | null; readonly stderr: string }> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ["pipe", "ignore", "pipe"] });
      let stderr = "";
      child.stderr.on("data", (piece: Buffer) => {
        stderr += piece.toString();
      });
      child.on("close", (code) => resolve({ code, stderr }));
      child.stdin.on("error", () => {});
      // In parts: a pipe may give less than it is asked for.
      child.stdin.write(input.subarray(0, 7));
      setTimeout(() => child.stdin.end(input.subarray(7)), 50);
    });
  }

  it.each(["-", "/dev/stdin"])("standard input as %s", async (name) => {
    const { code, stderr } = await piped(["run", at("m.json"), name, "-o", at("piped.png")], readFileSync(PHOTO));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    await run(PHOTO, "-o", at("plain.png"));
    expect(readFileSync(at("piped.png")).equals(readFileSync(at("plain.png")))).toBe(true);
  });

  it("what is no picture is named, and a folder gets the name stdin", async () => {
    const text = await piped(["run", at("m.json"), "-", "-o", at("never.png")], Buffer.from("no picture at all"));
    expect(text.code).toBe(1);
    expect(text.stderr).toContain("error[image/unknown-format]");
    expect(text.stderr).toContain("standard input");
    const out = newFolder();
    expect((await piped(["run", at("m.json"), "-", PHOTO, "-o", out], readFileSync(PHOTO))).code).toBe(0);
    expect(readdirSync(out)).toEqual(["a.png", "stdin.png"]);
  });

  it("of a shell, for pictures; models must be files", async () => {
    const shell = (line: string) =>
      new Promise<{ readonly code: number | null; readonly stderr: string }>((resolve) => {
        const child = spawn("bash", ["-c", line, "bash", process.execPath, MAIN, at("m.json"), PHOTO, at("pipe.png")], {
          stdio: ["ignore", "ignore", "pipe"],
        });
        let stderr = "";
        child.stderr.on("data", (piece: Buffer) => {
          stderr += piece.toString();
        });
        child.on("close", (code) => resolve({ code, stderr }));
      });
    expect(await shell('"$1" "$2" run "$3" <(cat "$4") -o "$5"')).toEqual({ code: 0, stderr: "" });
    expect(existsSync(at("pipe.png"))).toBe(true);
    // Read once, and looked at twice.
    const twice = await shell('"$1" "$2" verify "$3" --help >/dev/null; "$1" "$2" routes "$3" --image <(cat "$4")');
    expect(twice.code).toBe(0);
    const model = await shell('"$1" "$2" run <(cat "$3") "$4" -o "$5"');
    expect(model.code).toBe(2);
    expect(model.stderr).toContain("error[io/not-a-file]");
  });
});
