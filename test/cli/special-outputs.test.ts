/** Outputs that are no ordinary files: written to sensibly, or refused before any work. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIN, smxc, succeed, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";

const folder = temporaryFolder();
const { at } = folder;

beforeAll(async () => {
  copyFileSync(fixture("oracle", "nsr-x2", "checkpoint.pt"), at("net.pt"));
  await succeed(["import", "net.pt", "-o", "net.json"], folder.path);
  mkdirSync(at("folder"));
}, 60_000);
afterAll(folder.remove);

const compile = (output: string) => ["compile", "net.json", "-o", output, "--no-verify"];

/** In a shell that has the program as `$0 $1`. */
const shell = (command: string) =>
  spawnSync("bash", ["-c", command, process.execPath, MAIN], { cwd: folder.path, encoding: "utf8" });

// Windows has no /dev, and no pipes in folders.
describe.skipIf(process.platform === "win32")("an output", () => {
  it.each([
    ["-", "usage/output-is-stream", /for a file called - write \.\/-/],
    ["/dev/stdout", "usage/output-is-stream", /the output is standard output/],
    ["/dev/stderr", "usage/output-is-stream", /the output is standard error/],
    ["folder", "io/cannot-write", /it is a folder/],
    ["folder/", "io/cannot-write", /it is a folder/],
    ["absent/x.onnx", "io/cannot-write", /the folder does not exist/],
  ])("%s is refused, exit 2, and nothing is left", async (output, code, message) => {
    const before = readdirSync(folder.path);
    const ended = await smxc(compile(output), folder.path);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: "" });
    expect(ended.stderr).toContain(`error[${code}]`);
    expect(ended.stderr).toMatch(message);
    expect(readdirSync(folder.path)).toEqual(before);
  });

  it("that is standard output is refused also where that is a file", () => {
    const { status, stderr } = shell('"$0" "$1" compile net.json -o /dev/stdout --no-verify > out.onnx');
    expect(status).toBe(2);
    expect(stderr).toContain("the output is standard output");
    expect(readFileSync(at("out.onnx"), "utf8")).toBe("");
  });

  it("may be /dev/null, also where standard output is", () => {
    expect(shell('"$0" "$1" compile net.json -o /dev/null --no-verify > /dev/null 2>&1').status).toBe(0);
  });

  it("of two files is no device: the other would be made beside it", async () => {
    const ended = await smxc(["import", "net.pt", "-o", "/dev/null"], folder.path);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("error[usage/output-not-alone]");
    const external = await smxc([...compile("/dev/null"), "--external-data"], folder.path);
    expect(external.code).toBe(2);
  });

  it("behind a link that leads to no file is made where the link leads", async () => {
    symlinkSync("second", at("first"));
    symlinkSync("folder/new.onnx", at("second"));
    await succeed(compile("first"), folder.path);
    await succeed(compile("plain.onnx"), folder.path);
    expect(readlinkSync(at("first"))).toBe("second");
    expect(lstatSync(at("second")).isSymbolicLink()).toBe(true);
    expect(readFileSync(at("folder/new.onnx")).equals(readFileSync(at("plain.onnx")))).toBe(true);
    symlinkSync("nowhere/new.onnx", at("third"));
    const ended = await smxc(compile("third"), folder.path);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("the folder does not exist");
    symlinkSync("fourth", at("fourth"));
    expect((await smxc(compile("fourth"), folder.path)).stderr).toContain("loop of symbolic links");
  });

  it("that is a pipe gets the bytes", async () => {
    await succeed(compile("plain.onnx"), folder.path);
    execFileSync("mkfifo", [at("pipe")]);
    const { status, stderr } = shell(
      'cat pipe > piped.onnx & "$0" "$1" compile net.json -o pipe --no-verify && wait && cmp piped.onnx plain.onnx',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

describe("a reader that has enough", () => {
  it("ends a long answer quietly, and the exit code stays the command's", () => {
    const { stdout, stderr } = shell('{ "$0" "$1" inspect net.json; echo "exit $?" >&2; } | head -1');
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stderr).toBe("exit 0\n");
  });
});
