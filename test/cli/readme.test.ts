/** The commands of README.md, as they stand there, in a folder that sees the files of the clone. */
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { succeed, temporaryFolder } from "../support/cli.js";

const ROOT = new URL("../../", import.meta.url);
const readme = readFileSync(new URL("README.md", ROOT), "utf8");

const folder = temporaryFolder();
beforeAll(() => symlinkSync(new URL("fixtures", ROOT), folder.at("fixtures"), "dir"));
afterAll(folder.remove);

const commands = [...readme.matchAll(/^```sh run\n(.*?)^```$/gms)].map(([, block]) => block!.trim().split("\n"));

describe("README.md", () => {
  it("has a block for each of the three things that people come for", () => {
    expect(commands).toHaveLength(3);
    for (const line of commands.flat()) expect(line).toMatch(/^npx smxc /);
  });

  it.each(commands)("runs as typed: %s", async (...lines) => {
    for (const line of lines) {
      const words = line.split(" ").slice(2);
      await succeed(words, folder.path);
      const output = words[words.indexOf("-o") + 1]!;
      if (words.includes("-o")) expect(existsSync(folder.at(output))).toBe(true);
    }
  });

  it("links to files that are there", () => {
    const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!);
    expect(targets.length).toBeGreaterThan(20);
    expect(targets.filter((target) => !existsSync(new URL(target, ROOT)))).toEqual([]);
  });
});
