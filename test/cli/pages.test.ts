/** README.md and docs/learn: every command and script runs as it stands there, or stands in a list with the reason. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, folderLikeClone, pageText, ROOT, type Run, runsOf } from "../support/pages.js";

const PAGES = ["README.md", ...readdirSync(`${ROOT}docs/learn`).map((name) => `docs/learn/${name}`)];

/** Lines of commands that no test can run here, and what stands in for them. */
const NOT_RUN: readonly (readonly [line: RegExp, reason: string])[] = [
  [/^npm (ci|init|install|pkg) /, "npm fetches packages: test/package installs the packed one"],
  [/^npx smxc run nsr-x2 photo\.png /, "npx fetches smxc where there is no clone: test/cli/named-networks runs it"],
  [/^npx smxc serve$/, "waits for a browser: test/cli/serve, test/browser"],
  [/^npx vite( build)?\b/, "vite is installed beside the page: test/package builds it"],
  [/^(redis-server|smxc queue) /, "needs a Redis server: test/fleet"],
  [/^(kubectl|srun|#SBATCH|#!\/bin\/sh)/, "needs a cluster"],
  [/^(parallel|rclone|mkdir frames && ffmpeg|ffmpeg) /, "is another program, which nothing installs here"],
  [/^smxc run nsr-x2 (photos|frames)\/ /, "stands between such programs: the page runs the same on files of the clone"],
];

const commandsOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "" && !/^#\s/.test(line));
const left = PAGES.flatMap((path) =>
  blocksOf(pageText(path))
    .filter(({ language, note }) => language === "sh" && note !== "run")
    .flatMap(({ text }) => commandsOf(text).map((line) => ({ path, line }))),
);

const run = promisify(execFile);

/** What a block prints, standard error included; an exit code other than 0 fails. */
async function printedBy({ language, text }: Run, { path, env }: ReturnType<typeof folderLikeClone>): Promise<string> {
  const [program, args] =
    language === "sh" ? ["sh", ["-ec", text]] : [process.execPath, ["--input-type=module", "-e", text]];
  const { stdout, stderr } = await run(program as string, args as string[], { cwd: path, env });
  return stdout + stderr;
}

describe.each(PAGES)("%s", (path) => {
  const runs = runsOf(pageText(path));
  let folder: ReturnType<typeof folderLikeClone>;
  beforeAll(() => {
    folder = folderLikeClone();
  });
  afterAll(() => folder.remove());

  it("has commands that run", () => {
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.filter(({ language }) => language !== "sh" && language !== "js")).toEqual([]);
  });

  it.each(runs)("runs as typed: $text", { timeout: 120_000 }, async (block) => {
    const printed = (await printedBy(block, folder)).split("\n");
    expect(printed).toEqual(expect.arrayContaining([...block.prints]));
  });
});

it("README.md has a block for each of the three things that people come for", () => {
  expect(runsOf(pageText("README.md"))).toHaveLength(3);
});

it("every other command stands in the list, with the reason", () => {
  expect(left.length).toBeGreaterThan(10);
  expect(left.filter(({ line }) => !NOT_RUN.some(([known]) => known.test(line)))).toEqual([]);
});

it.each(NOT_RUN)("the list has nothing that is gone: %s", (known) => {
  expect(left.some(({ line }) => known.test(line))).toBe(true);
});

it("every script runs, is a file that test/package builds, or waits for a page", () => {
  const scripts = PAGES.flatMap((path) => blocksOf(pageText(path)).filter(({ language }) => language === "js"));
  const others = scripts.filter(
    ({ note, text }) => note !== "run" && !note.endsWith(".js") && !text.includes("fetch("),
  );
  expect(others).toEqual([]);
});
