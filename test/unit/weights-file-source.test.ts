import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blobSource, bytesSource } from "../../src/base/bytes/byte-source.js";
import { openFileSource } from "../../src/base/bytes/file-source-node.js";
import { SmxcError } from "../../src/base/diagnostics.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "smxc-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function ioFailure(action: () => Promise<unknown>) {
  try {
    await action();
  } catch (caught) {
    if (!(caught instanceof SmxcError)) throw caught;
    expect(caught.kind).toBe("io");
    return caught.diagnostics;
  }
  throw new Error("not refused");
}

describe("openFileSource", () => {
  it("reads ranges and hashes like the sources in memory", async () => {
    const bytes = Uint8Array.from({ length: 9_000_001 }, (_, i) => (i * 2654435761) >>> 13);
    const path = join(folder, "é.bin");
    await writeFile(path, bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const file = await openFileSource(path);
    for (const source of [file, bytesSource("x", bytes), blobSource("x", new Blob([bytes]))]) {
      expect(source.size).toBe(bytes.length);
      expect(Buffer.from(await source.read(8_999_990, 11))).toEqual(Buffer.from(bytes.subarray(8_999_990)));
      expect(await source.read(5, 0)).toHaveLength(0);
      expect(await source.sha256()).toBe(sha256);
    }
    expect(file.name).toBe(path);
    await file.close();
  });

  it("hashes an empty file", async () => {
    const path = join(folder, "empty");
    await writeFile(path, "");
    const source = await openFileSource(path);
    expect(await source.sha256()).toBe(createHash("sha256").digest("hex"));
    await source.close();
  });

  // On Windows a file of this size takes its room on the disk.
  it.skipIf(process.platform === "win32")("reads past 4 GiB (a sparse file)", async () => {
    const path = join(folder, "large");
    const handle = await open(path, "w");
    await handle.write(Uint8Array.of(1, 2, 3), 0, 3, 5 * 2 ** 30);
    await handle.close();
    const source = await openFileSource(path);
    expect(source.size).toBe(5 * 2 ** 30 + 3);
    expect([...(await source.read(5 * 2 ** 30 - 1, 4))]).toEqual([0, 1, 2, 3]);
    await source.close();
  });

  it("says what is wrong with a path", async () => {
    const file = join(folder, "file");
    await writeFile(file, "x");
    for (const [path, code] of [
      [join(folder, "none"), "io/not-found"],
      [join(file, "below"), "io/cannot-open"],
      [folder, "io/is-directory"],
    ] as const) {
      expect(await ioFailure(() => openFileSource(path))).toMatchObject([
        { code, file: path, hint: expect.any(String) },
      ]);
    }
  });

  // Windows has no pipes in folders.
  it.skipIf(process.platform === "win32")("refuses a pipe without waiting for its writer", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    expect(await ioFailure(() => openFileSource(path))).toMatchObject([{ code: "io/not-a-file" }]);
  });

  it("notices that the file shrank", async () => {
    const path = join(folder, "file");
    await writeFile(path, new Uint8Array(100));
    const source = await openFileSource(path);
    await truncate(path, 40);
    expect(await ioFailure(() => source.read(30, 20))).toMatchObject([{ code: "io/shrunk", place: "byte 40" }]);
    expect(await ioFailure(() => source.sha256())).toMatchObject([{ code: "io/shrunk" }]);
    await source.close();
    expect(await ioFailure(() => source.read(0, 1))).toMatchObject([{ code: "io/cannot-read" }]);
  });
});
