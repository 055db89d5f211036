/** Disks that are full or may not be written: exit 2 with the cause, the old outputs as they were, nothing else. */
import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MAIN, temporaryFolder } from "../support/cli.js";
import { layOutInputs, layOutOld, oldContent, oldHash, WRITING, type WritingCommand, written } from "./faults.js";

const folder = temporaryFolder();

beforeAll(() => layOutInputs(folder.path), 120_000);
afterAll(folder.remove);

/** Whether a process may have file systems of its own, as root's and most users' processes on Linux may. */
const MOUNTS =
  process.platform === "linux" &&
  spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", folder.path]).status === 0;

interface Refused {
  readonly status: number | null;
  readonly stderr: string;
}

/** Runs a command in a shell that has prepared the ground for it; `$@` is the command. */
function inShell(shell: readonly string[], script: string, { argv }: WritingCommand): Refused {
  const [program, ...options] = shell;
  const command = [process.execPath, MAIN, ...argv];
  return spawnSync(program!, [...options, "-c", script, "sh", ...command], { cwd: folder.path, encoding: "utf8" });
}

function expectRefused({ status, stderr }: Refused, cause: RegExp): void {
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^(?:\d pictures were not tried\n)?error\[io\/cannot-write\]: cannot write: /),
  });
  expect(stderr).toMatch(cause);
  expect(stderr).toMatch(/^ {2}--> out\//m);
  expect(stderr).toMatch(/^ {2}= ./m);
  expect(stderr).not.toMatch(/^ {4}at /m);
}

describe.each(WRITING)("$name", (command) => {
  const { outputs } = command;
  const old = outputs.map((name) => [name, oldHash(name)] as const);

  beforeEach(() => layOutOld(folder.path, command));

  // Windows has no limit on the size of files.
  it.runIf(process.platform !== "win32")("meets a limit on the size of files", () => {
    expectRefused(inShell(["bash"], 'ulimit -f 8; exec "$@"', command), /EFBIG.*\n.*\n.*ulimit/);
    expect([...written(folder.path)]).toEqual(old.toSorted());
  });

  /** Fills `out/`, a file system of its own, and lists it afterwards on standard error, after a line of dashes. */
  const ownDisk = (options: string, before: string): string => `
    mount -t tmpfs -o ${options} tmpfs out
    ${outputs.map((name) => `printf '%s' '${oldContent(name)}' > 'out/${name}'`).join("\n")}
    ${before}
    "$@"
    status=$?
    echo ------ >&2
    for file in out/* out/.[!.]*; do [ -f "$file" ] && echo "$file: $(cat "$file")" >&2; done
    exit $status`;

  function expectOnDisk({ status, stderr }: Refused, cause: RegExp): void {
    const [told, left] = stderr.split("------\n");
    expectRefused({ status, stderr: told! }, cause);
    const lines = left!.trim().split("\n");
    expect(lines.toSorted()).toEqual(outputs.map((name) => `out/${name}: ${oldContent(name)}`).toSorted());
  }

  it.runIf(MOUNTS)("meets a full disk", () => {
    const refused = inShell(["unshare", "-rm", "sh"], ownDisk("size=64k", ""), command);
    expectOnDisk(refused, /no space is left on the device \(ENOSPC\)/);
  });

  it.runIf(MOUNTS)("meets a disk that may only be read", () => {
    const refused = inShell(["unshare", "-rm", "sh"], ownDisk("size=64m", "mount -o remount,ro out"), command);
    expectOnDisk(refused, /the file system is read-only \(EROFS\)/);
  });
});

it.runIf(process.platform === "linux")("a device that is full is told with the cause", () => {
  const argv = ["compile", "m.json", "-o", "/dev/full", "--no-verify"];
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...argv], { cwd: folder.path, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining("ENOSPC") });
});

// Windows knows no permission bits of folders, and root may write everywhere.
it.runIf(process.platform !== "win32" && process.getuid?.() !== 0)(
  "a folder of another's is told with the cause",
  () => {
    const command = WRITING[0]!;
    layOutOld(folder.path, command);
    expectRefused(
      inShell(["sh"], 'chmod 555 out; "$@"; status=$?; chmod 755 out; exit $status', command),
      /permission denied \(EACCES\)/,
    );
  },
);

// Windows has no limit on the size of files.
it.runIf(process.platform !== "win32")("a run over several pictures ends with the first that cannot be written", () => {
  const command = { name: "run of two", argv: ["run", "same.json", "in.png", "other.png", "-o", "out"], outputs: [] };
  layOutOld(folder.path, command);
  copyFileSync(join(folder.path, "in.png"), join(folder.path, "other.png"));
  const { status, stderr } = inShell(["bash"], 'ulimit -f 8; exec "$@"', command);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error\[io\/cannot-write\]: cannot write: .*EFBIG/m);
  expect(stderr).toContain("1 picture was not tried");
  expect([...written(folder.path)]).toEqual([]);
});
