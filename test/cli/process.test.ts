/** The program as the shell starts it, from the build. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MAIN } from "../support/cli.js";

const VERSION: string = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;

const run = (argv: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, [MAIN, ...argv], { encoding: "utf8", env: { ...process.env, ...env } });
const shell = (command: string) => spawnSync("bash", ["-c", command, process.execPath, MAIN], { encoding: "utf8" });

test("the version is the package's", () => {
  expect(run(["--version"])).toMatchObject({ status: 0, stdout: `${VERSION}\n`, stderr: "" });
});

// Windows has no shell that says what a part of a pipe ended with.
test.skipIf(process.platform === "win32")(
  "a reader that goes away is no error, and the exit code stays the command's",
  () => {
    const closed = '{ "$0" "$1" --help; echo "exit $?" >&2; } | true';
    expect(shell(closed).stderr).toBe("exit 0\n");
  },
);

describe.runIf(process.platform === "linux")("an answer that cannot be written is an error", () => {
  test("told on standard error", () => {
    const { status, stderr } = shell('"$0" "$1" --version > /dev/full');
    expect(status).toBe(2);
    expect(stderr).toContain("error[io/cannot-write]");
    expect(stderr).toContain("standard output");
  });

  test("under --json too, since its document has nowhere to go", () => {
    const { status, stderr } = shell('"$0" "$1" no-such-command --json > /dev/full');
    expect(status).toBe(2);
    expect(stderr).toContain("error[usage/unknown-command]");
  });
});

test("an exception that escapes from a callback is a defect with its stack trace", () => {
  const preload = `data:text/javascript,process.on("newListener", (name) => {
    if (name === "uncaughtException") queueMicrotask(() => setTimeout(() => { throw new TypeError("boom"); }, 0));
  });`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", preload, MAIN, "--version", "--json"], {
    encoding: "utf8",
  });
  expect(status).toBe(70);
  expect(stdout).toContain('"code": "internal/defect"');
  expect(stderr).toMatch(/^TypeError: boom\n {4}at /);
  expect(stderr).toContain(`smxc ${VERSION}, Node`);
});

test("colours are for terminals, or who forces them, and never with NO_COLOR", () => {
  const sgr = "\u001b[";
  const plain = { FORCE_COLOR: "", NO_COLOR: "" };
  const forced = { FORCE_COLOR: "1", NO_COLOR: "" };
  expect(run(["--help"], plain).stdout).not.toContain(sgr);
  expect(run(["--help"], forced).stdout).toContain(sgr);
  expect(run(["--help"], { ...forced, NO_COLOR: "1" }).stdout).not.toContain(sgr);
  expect(run(["--help", "--no-color"], forced).stdout).not.toContain(sgr);
});
