import { createHash } from "node:crypto";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as fsPromises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FileSystem } from "../../cli/files/drafts.js";
import { temporaryName } from "../../cli/files/temporary-files.js";
import { type OutputFile, type WriteOptions, writeFiles } from "../../cli/files/write-files.js";
import type { SmxcError } from "../../src/base/diagnostics.js";

/** Of a file that is replaced. Windows knows whether it may be written to, and no more. */
const OLD_MODE = process.platform === "win32" ? 0o666 : 0o640;
let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "smxc-write-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes, expects a refusal, and returns it as `kind: code file`. */
async function refusal(files: readonly OutputFile[], options: WriteOptions = { inputs: [] }): Promise<SmxcError> {
  return writeFiles(files, options).then(
    () => expect.unreachable("the write should have been refused"),
    (cause: SmxcError) => cause,
  );
}

const summary = ({ kind, diagnostics }: SmxcError) => diagnostics.map(({ code, file }) => `${kind} ${code} ${file}`);

describe("a set of files", () => {
  test("is written whole, with hashes", async () => {
    const bytes = new Uint8Array(3_000_000).map((_, index) => index % 251);
    const pieces = {
      length: bytes.length,
      async *chunks() {
        for (let from = 0; from < bytes.length; from += 70_001) yield bytes.subarray(from, from + 70_001);
      },
    };
    const written = await writeFiles(
      [
        { path: at("w"), content: pieces },
        { path: at("m"), content: "text ü" },
      ],
      { inputs: [] },
    );
    expect(readFileSync(at("w")).equals(bytes)).toBe(true);
    expect(readFileSync(at("m"), "utf8")).toBe("text ü");
    expect(written).toEqual([
      { path: at("w"), bytes: 3_000_000, sha256: createHash("sha256").update(bytes).digest("hex") },
      { path: at("m"), bytes: 7, sha256: createHash("sha256").update("text ü").digest("hex") },
    ]);
    expect(readdirSync(folder).sort()).toEqual(["m", "w"]);
  });

  test("lets a file name the hash of the one before it", async () => {
    await writeFiles(
      [
        { path: at("w"), content: "weights" },
        { path: at("m"), content: ([weights]) => weights!.sha256 },
      ],
      { inputs: [] },
    );
    expect(readFileSync(at("m"), "utf8")).toBe(createHash("sha256").update("weights").digest("hex"));
  });

  test("is put in place only when all of it is complete", async () => {
    writeFileSync(at("w"), "old");
    const broken = {
      length: 10,
      // biome-ignore lint/correctness/useYield: it fails before its first piece
      async *chunks(): AsyncGenerator<Uint8Array> {
        throw new RangeError("the weights are gone");
      },
    };
    const writing = writeFiles(
      [
        { path: at("w"), content: "new" },
        { path: at("m"), content: broken },
      ],
      { inputs: [] },
    );
    await expect(writing).rejects.toThrow(RangeError);
    expect(readdirSync(folder)).toEqual(["w"]);
    expect(readFileSync(at("w"), "utf8")).toBe("old");
  });

  test("may be written by what makes them, and is put in place when that is done", async () => {
    writeFileSync(at("w"), "old", { mode: OLD_MODE });
    const during: string[] = [];
    const encoder = {
      async encodeTo(path: string) {
        during.push(readFileSync(at("w"), "utf8"));
        writeFileSync(path, "new");
      },
      encode: () => expect.unreachable("there is a file"),
    };
    const written = await writeFiles([{ path: at("w"), content: encoder }], { inputs: [] });
    expect(during).toEqual(["old"]);
    expect(readFileSync(at("w"), "utf8")).toBe("new");
    expect(statSync(at("w")).mode & 0o777).toBe(OLD_MODE);
    expect(written).toEqual([{ path: at("w"), bytes: 3, sha256: createHash("sha256").update("new").digest("hex") }]);
    expect(readdirSync(folder)).toEqual(["w"]);
  });

  test("of which one cannot be made leaves the old files", async () => {
    writeFileSync(at("w"), "old");
    const encoder = {
      async encodeTo(path: string) {
        writeFileSync(path, "half");
        throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      },
      encode: async () => new Uint8Array(),
    };
    const { diagnostics } = await refusal([{ path: at("w"), content: encoder }]);
    expect(diagnostics).toMatchObject([{ code: "io/cannot-write", message: expect.stringContaining("ENOSPC") }]);
    expect(readFileSync(at("w"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["w"]);
  });

  // Windows has no /dev.
  test.runIf(process.platform !== "win32")("goes to a device as bytes", async () => {
    const encoder = {
      encodeTo: () => expect.unreachable("there is no file"),
      encode: async () => new Uint8Array(5),
    };
    const written = await writeFiles([{ path: "/dev/null", content: encoder }], { inputs: [] });
    expect(written).toMatchObject([{ path: "/dev/null", bytes: 5 }]);
  });

  test("of which a stream ends early is not written", async () => {
    const short = {
      length: 10,
      async *chunks() {
        yield new Uint8Array(9);
      },
    };
    await expect(writeFiles([{ path: at("w"), content: short }], { inputs: [] })).rejects.toThrow(
      "9 bytes came where 10",
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("keeps the permissions of the files it replaces, and links to them", async () => {
    writeFileSync(at("real"), "old", { mode: OLD_MODE });
    symlinkSync("real", at("link"));
    await writeFiles([{ path: at("link"), content: "new" }], { inputs: [] });
    expect(readFileSync(at("real"), "utf8")).toBe("new");
    expect(statSync(at("real")).mode & 0o777).toBe(OLD_MODE);
    expect(readdirSync(folder).sort()).toEqual(["link", "real"]);
  });
});

describe("an output that is an input is refused", () => {
  beforeEach(() => writeFileSync(at("in"), "precious"));

  function linked(makeLink: (from: string, to: string) => void, input: string): string {
    makeLink(input, at("link"));
    return at("link");
  }

  test.each([
    ["by its name", (input: string) => input],
    ["through a symbolic link", (input: string) => linked(symlinkSync, input)],
    ["through a hard link", (input: string) => linked(linkSync, input)],
    ["by another spelling", () => join(folder, "x", "..", ".", "in")],
  ])("%s", async (_way, otherName) => {
    mkdirSync(at("x"));
    const output = otherName(at("in"));
    const refused = await refusal([{ path: output, content: "new" }], { inputs: [at("other"), at("in")] });
    expect(summary(refused)).toEqual([`usage usage/output-is-input ${output}`]);
    expect(readFileSync(at("in"), "utf8")).toBe("precious");
  });

  test("and so are two outputs of one name", async () => {
    const twice = [at("in"), at("in")].map((path) => ({ path, content: "new" }));
    expect(summary(await refusal(twice))).toEqual([`usage usage/output-twice ${at("in")}`]);
  });
});

describe("what cannot be written", () => {
  test("is told all at once, before anything is written", async () => {
    mkdirSync(at("dir"));
    const paths = [at("dir"), at("no/such/x"), `${folder}/trailing/`, at("fine")];
    const refused = await refusal(paths.map((path) => ({ path, content: "new" })));
    expect(refused.kind).toBe("io");
    expect(refused.diagnostics.map(({ file, message }) => [file, message])).toEqual([
      [at("dir"), "cannot write: it is a folder (EISDIR)"],
      [at("no/such/x"), "cannot write: the folder does not exist (ENOENT)"],
      [`${folder}/trailing/`, "cannot write: it is a folder (EISDIR)"],
    ]);
    expect(readdirSync(folder)).toEqual(["dir"]);
  });

  // Windows knows no permission bits of folders.
  test.skipIf(process.platform === "win32")("in a folder of another's is EACCES", async () => {
    mkdirSync(at("ro"), { mode: 0o555 });
    chmodSync(folder, 0o755);
    // Root may write everywhere: it becomes nobody for the time of the write.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65534);
    const refused = await refusal([{ path: at("ro/x"), content: "new" }]).finally(() => root && process.seteuid?.(0));
    expect(summary(refused)).toEqual([`io io/cannot-write ${at("ro/x")}`]);
    expect(refused.diagnostics[0]!.message).toBe("cannot write: permission denied (EACCES)");
  });

  test.runIf(process.platform === "linux")("because a device is full is told with the cause", async () => {
    const refused = await refusal([{ path: "/dev/full", content: "new" }]);
    expect(summary(refused)).toEqual(["io io/cannot-write /dev/full"]);
    expect(refused.diagnostics[0]).toMatchObject({
      message: expect.stringContaining("ENOSPC"),
      hint: expect.any(String),
    });
  });

  test.each(["ENOSPC", "EROFS", "EDQUOT", "EIO"])(
    "because of %s leaves the old file and no temporary",
    async (code) => {
      writeFileSync(at("out"), "old");
      const fs: FileSystem = {
        rename: fsPromises.rename,
        async open(path, flags) {
          const file = await fsPromises.open(path, flags);
          file.write = () => Promise.reject(Object.assign(new Error(`${code}: from the disk`), { code }));
          return file;
        },
      };
      const refused = await refusal([{ path: at("out"), content: "new" }], { inputs: [], fs });
      expect(summary(refused)).toEqual([`io io/cannot-write ${at("out")}`]);
      expect(refused.diagnostics[0]!.message).toContain(code);
      expect(readFileSync(at("out"), "utf8")).toBe("old");
      expect(readdirSync(folder)).toEqual(["out"]);
    },
  );

  test("because the rename fails leaves the old file and no temporary", async () => {
    writeFileSync(at("out"), "old");
    const rename = () => Promise.reject(Object.assign(new Error("EPERM"), { code: "EPERM" }));
    const refused = await refusal([{ path: at("out"), content: "new" }], {
      inputs: [],
      fs: { open: fsPromises.open, rename },
    });
    expect(summary(refused)).toEqual([`io io/cannot-write ${at("out")}`]);
    expect(readdirSync(folder)).toEqual(["out"]);
    expect(readFileSync(at("out"), "utf8")).toBe("old");
  });
});

// Windows has no /dev.
test.skipIf(process.platform === "win32")("a device is written to and not replaced", async () => {
  await writeFiles([{ path: "/dev/null", content: "new" }], { inputs: [] });
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
});

test("temporaries of dead processes are removed, those of live ones and of other names are not", async () => {
  const names = [
    temporaryName(at("out"), 2 ** 22 + 1),
    temporaryName(at("out"), process.ppid),
    temporaryName(at("other"), 2 ** 22 + 1),
  ];
  for (const name of names) writeFileSync(name, "half");
  await writeFiles([{ path: at("out"), content: "new" }], { inputs: [] });
  const kept = names.slice(1).map((name) => name.slice(folder.length + 1));
  expect(readdirSync(folder).sort()).toEqual([...kept, "out"].sort());
});

test("a link laid where the temporary goes is not written through", async () => {
  writeFileSync(at("victim"), "precious");
  symlinkSync("victim", temporaryName(at("out")));
  await writeFiles([{ path: at("out"), content: "new" }], { inputs: [] });
  expect(readFileSync(at("victim"), "utf8")).toBe("precious");
  expect(statSync(at("out")).isFile()).toBe(true);
});
