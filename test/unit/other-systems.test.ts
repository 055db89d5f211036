/** What Windows and macOS do otherwise, asked here of small functions that take the system as an argument. */
import { win32 } from "node:path";
import { describe, expect, it } from "vitest";
import { pathBelow } from "../../cli/commands/serve/serve-page.js";
import { renameOver } from "../../cli/files/rename.js";
import { spelling } from "../../cli/files/spelling.js";
import { modelNameOf } from "../../src/frontends/checkpoints/model-name.js";

describe("a file that takes the place of another", () => {
  /** Fails so often, and counts the calls. */
  function failing(code: string, times: number) {
    let calls = 0;
    const rename = async (): Promise<void> => {
      calls++;
      if (calls <= times) throw Object.assign(new Error(code), { code });
    };
    return { rename, calls: () => calls };
  }

  it.each(["EPERM", "EACCES", "EBUSY"])("waits on Windows while another program holds it (%s)", async (code) => {
    const held = failing(code, 2);
    await renameOver("a", "b", held, "win32");
    expect(held.calls()).toBe(3);
  });

  it.each([
    ["win32", "ENOENT"],
    ["linux", "EPERM"],
    ["darwin", "EBUSY"],
  ] as const)("fails at once on %s with %s", async (platform, code) => {
    const broken = failing(code, 1);
    await expect(renameOver("a", "b", broken, platform)).rejects.toMatchObject({ code });
    expect(broken.calls()).toBe(1);
  });

  it("believes the error in the end", async () => {
    const held = failing("EBUSY", Number.POSITIVE_INFINITY);
    await expect(renameOver("a", "b", held, "win32")).rejects.toMatchObject({ code: "EBUSY" });
    expect(held.calls()).toBe(10);
  });
});

it.each([
  ["linux", false],
  ["darwin", true],
  ["win32", true],
] as const)("on %s, whether names of other cases and accents are one: %s", (platform, same) => {
  expect(spelling("out/Caf\u00e9.png", platform) === spelling("out/cafe\u0301.PNG", platform)).toBe(same);
  expect(spelling("out/a.png", platform)).not.toBe(spelling("out/b.png", platform));
});

describe("an address of the served page", () => {
  const PAGE = "C:\\smxc\\dist\\web\\";

  it.each([
    "/\\..\\..\\secret",
    "/assets/..\\..\\..\\secret",
    "/models/..\\..\\secret-12345678.json",
    "/C:/Windows/win.ini",
    "/index.html::$DATA",
    "/a\0b",
  ])("that Windows would take for another place is none: %j", (path) => {
    expect(pathBelow(path)).toBeUndefined();
  });

  it.each(["/../../secret", "/assets/../../../secret", "//../secret", "/./index.html"])(
    "that climbs stays in the folder: %s",
    (path) => {
      expect(win32.join(PAGE, pathBelow(path)!).startsWith(PAGE)).toBe(true);
    },
  );
});

it("a model is named after its file, whatever divides the path", () => {
  expect(modelNameOf("C:\\models\\RealESRGAN_x4plus.pth")).toBe(modelNameOf("/models/RealESRGAN_x4plus.pth"));
});
