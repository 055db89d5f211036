/** `smxc run` over many pictures that is killed, resumed, or shared by shards; and what tells of it meanwhile. */
import { spawn } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { isOfShard } from "../../cli/pictures/shard.js";
import { MAIN, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
const run = (...argv: readonly string[]) => runCaptured(["run", at("m.json"), ...argv], COMMANDS);
const COUNT = 6;
/** How often one run is killed, and of how many pictures another is; the environment asks for more: `SMXC_CASES=1000`. */
const KILLS = Math.min(10, Number(process.env.SMXC_CASES ?? 4));
const MANY = Number(process.env.SMXC_CASES ?? 300);
/** Of one run without interruption, by name. */
let whole: ReadonlyMap<string, Buffer>;

beforeAll(async () => {
  await runCaptured(["import", fixture("oracle", "nsr-x2", "checkpoint.pt"), "-o", at("m.json")], COMMANDS);
  mkdirSync(at("in"));
  for (let index = 0; index < COUNT; index++) writeFileSync(join(at("in"), `p${index}.png`), await picture(index));
  await run(at("in"), "-o", at("whole"));
  whole = contentOf(at("whole"));
  expect([...whole.keys()]).toEqual(Array.from({ length: COUNT }, (_, index) => `p${index}.png`));
}, 60_000);
afterAll(folder.remove);

function picture(seed: number, side = 8): Promise<Buffer> {
  const data = Buffer.from(Array.from({ length: side * side * 3 }, (_, at) => (at * 7 + seed * 13) % 256));
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}

const newFolder = () => join(mkdtempSync(at("out-")), "here");
const journalOf = (out: string) => join(out, ".smxc", "journal.jsonl");
const linesOf = (out: string): readonly string[] =>
  existsSync(journalOf(out)) ? readFileSync(journalOf(out), "utf8").split("\n").slice(0, -1) : [];

/** All files of a folder but for the journal, which is the only other one. */
function contentOf(out: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(out).filter((name) => name !== ".smxc");
  if (existsSync(join(out, ".smxc"))) expect(readdirSync(join(out, ".smxc"))).toEqual(["journal.jsonl"]);
  return new Map(names.sort().map((name) => [name, readFileSync(join(out, name))]));
}

/** Which pictures a run wrote, and which it left alone. */
async function resumed(out: string, ...argv: readonly string[]) {
  const { code, stdout } = await run(at("in"), "-o", out, "--resume", "--json", ...argv);
  const { pictures } = JSON.parse(stdout) as { pictures: readonly { output: string; skipped?: boolean }[] };
  const names = (skipped: boolean) =>
    pictures.filter((each) => (each.skipped ?? false) === skipped).map(({ output }) => output.slice(out.length + 1));
  return { code, written: names(false), skipped: names(true) };
}

const NAMES = Array.from({ length: COUNT }, (_, index) => `p${index}.png`);
const allBut = (...names: readonly string[]) => NAMES.filter((name) => !names.includes(name));

describe("--resume", () => {
  it("does nothing twice, and leaves a line for each picture and nothing else", async () => {
    const out = newFolder();
    expect(await resumed(out)).toEqual({ code: 0, written: NAMES, skipped: [] });
    const times = NAMES.map((name) => statSync(join(out, name)).mtimeMs);
    expect(await resumed(out)).toEqual({ code: 0, written: [], skipped: NAMES });
    expect(NAMES.map((name) => statSync(join(out, name)).mtimeMs)).toEqual(times);
    expect(
      linesOf(out)
        .map((line) => JSON.parse(line).output)
        .sort(),
    ).toEqual(NAMES);
    expect(contentOf(out)).toEqual(whole);
  });

  it("is what keeps a journal: a run without it leaves none", () => {
    expect(existsSync(journalOf(at("whole")))).toBe(false);
  });

  it.each([1, 3, 5])("goes on after a kill at line %i of the journal", async (line) => {
    const out = newFolder();
    const child = spawn(process.execPath, [MAIN, "run", at("m.json"), at("in"), "-o", out, "--resume"], {
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    while (child.exitCode === null && linesOf(out).length < line)
      await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill("SIGKILL");
    await ended;
    const before = existsSync(out) ? contentOf(out) : new Map<string, Buffer>();
    for (const [name, bytes] of before) expect(bytes.equals(whole.get(name)!), name).toBe(true);
    const { code, skipped } = await resumed(out);
    expect(code).toBe(0);
    // Whatever has its name is done, and noted.
    expect(skipped).toEqual(expect.arrayContaining([...before.keys()]));
    expect(contentOf(out)).toEqual(whole);
  });

  it(`gives what one run gives when it is killed and resumed ${KILLS} times`, { timeout: 120_000 }, async () => {
    const many = mkdtempSync(at("many-"));
    for (let index = 0; index < 24; index++) writeFileSync(join(many, `p${index}.png`), await picture(index, 40));
    const [out, once] = [newFolder(), newFolder()];
    await run(many, "-o", once);
    for (let kill = 0; kill < KILLS; kill++) {
      const before = linesOf(out).length;
      const argv = [MAIN, "run", at("m.json"), many, "-o", out, "--resume", "--jobs", "1"];
      const child = spawn(process.execPath, argv, { stdio: "ignore" });
      const ended = new Promise((resolve) => child.on("close", resolve));
      while (child.exitCode === null && linesOf(out).length <= before)
        await new Promise((resolve) => setTimeout(resolve, 1));
      child.kill("SIGKILL");
      await ended;
    }
    expect((await run(many, "-o", out, "--resume")).code).toBe(0);
    expect(contentOf(out)).toEqual(contentOf(once));
  });

  it.each([
    ["a picture that has a line and is not there", ["p2.png"], (out: string) => rmSync(join(out, "p2.png"))],
    ["a picture that is another now", ["p1.png"], (out: string) => writeFileSync(join(out, "p1.png"), "other")],
    [
      "a line that is torn",
      ["p5.png"],
      (out: string) => writeFileSync(journalOf(out), sorted(out).join("\n").slice(0, -40)),
    ],
    ["a line that is missing", ["p5.png"], (out: string) => writeFileSync(journalOf(out), firstLines(out, COUNT - 1))],
    ["lines that are none", [], (out: string) => appendFileSync(journalOf(out), 'null\n{"output":1}\n[')],
  ])("%s: only that is done again", async (_, again, harm) => {
    const out = newFolder();
    await resumed(out);
    harm(out);
    expect(await resumed(out)).toEqual({ code: 0, written: again, skipped: allBut(...again) });
    expect(await resumed(out)).toEqual({ code: 0, written: [], skipped: NAMES });
    expect(contentOf(out)).toEqual(whole);
  });

  const sorted = (out: string) => linesOf(out).toSorted((a, b) => (a.slice(0, 18) < b.slice(0, 18) ? -1 : 1));
  const firstLines = (out: string, count: number) => `${sorted(out).slice(0, count).join("\n")}\n`;

  it("knows a copy of the folder by its bytes, where its times are others", async () => {
    const [out, copy] = [newFolder(), newFolder()];
    await resumed(out);
    cpSync(out, copy, { recursive: true });
    for (const name of NAMES) utimesSync(join(copy, name), 1, 1);
    expect((await resumed(copy)).skipped).toEqual(NAMES);
  });

  it("does again what was made of another picture, with other options, or by another model", async () => {
    const out = newFolder();
    await resumed(out);
    const before = readFileSync(join(at("in"), "p3.png"));
    writeFileSync(join(at("in"), "p3.png"), await picture(99));
    expect((await resumed(out)).written).toEqual(["p3.png"]);
    writeFileSync(join(at("in"), "p3.png"), before);
    expect((await resumed(out, "--context", "whole")).written).toEqual(NAMES);
    const model = readFileSync(at("m.json"));
    writeFileSync(at("m.json"), `${model}\n`);
    expect((await resumed(out, "--context", "whole")).written).toEqual(NAMES);
    writeFileSync(at("m.json"), model);
  });

  it("removes what killed runs left beside its pictures, and nothing else", async () => {
    const out = newFolder();
    mkdirSync(out, { recursive: true });
    // Numbers of processes end before this one.
    for (const name of [".p1.png.smxc-4194999.tmp", ".other.png.smxc-4194999.tmp"]) writeFileSync(join(out, name), "x");
    await resumed(out);
    expect([...contentOf(out).keys()]).toEqual([".other.png.smxc-4194999.tmp", ...NAMES]);
  });
});

describe("--shard", () => {
  it("parts, at the same time and with one journal, give what one run gives", async () => {
    const out = newFolder();
    const parts = await Promise.all([0, 1, 2].map((index) => resumed(out, "--shard", `${index}/3`)));
    expect(parts.flatMap(({ written }) => written).sort()).toEqual(NAMES);
    expect(parts.every(({ written }) => written.length < COUNT)).toBe(true);
    expect(contentOf(out)).toEqual(whole);
    expect(await resumed(out)).toEqual({ code: 0, written: [], skipped: NAMES });
  });

  it("runs a part of one picture as it is run among all, so that bytes do not depend on the parts", async () => {
    const two = mkdtempSync(at("two-"));
    const names = ["p0.png", "p1.png"];
    for (const name of names) writeFileSync(join(two, name), await picture(0, 200));
    const within = (memory: string) => ["--context", "whole", "--memory", memory];
    const one = await run(join(two, "p0.png"), "-o", at("one.png"), ...within("1"));
    const needed = /needs about (\d+) MB/.exec(one.stderr)![1]!;
    const count = 1000;
    const index = Array.from({ length: count }, (_, each) => each).find((each) =>
      isOfShard(names[0]!, { index: each, count }),
    );
    // Two at a time take twice as much, and a picture by itself would not.
    const argv = [two, "-o", newFolder(), ...within(needed), "--jobs", "2"];
    expect((await run(...argv)).stderr).toContain("error[run/memory]");
    expect((await run(...argv, "--shard", `${index}/${count}`)).stderr).toContain("error[run/memory]");
  });

  it.each(["3/3", "1", "-1/3", "0/0", "a/b"])("%s is refused", async (shard) => {
    const { code, stderr } = await run(at("in"), "-o", newFolder(), `--shard=${shard}`);
    expect({ code, told: stderr.includes("usage/invalid-argument") }).toEqual({ code: 2, told: true });
  });
});

it(`of ${MANY} pictures, of which some are bad, the others are written and the bad ones named in their order`, {
  timeout: 300_000,
}, async () => {
  mkdirSync(at("many"));
  const good = await picture(1);
  const name = (index: number) => `n${String(index).padStart(4, "0")}.png`;
  const names = Array.from({ length: MANY }, (_, index) => name(index));
  const bad = names.filter((_, index) => index % 50 === 7);
  for (const each of names) writeFileSync(join(at("many"), each), bad.includes(each) ? "bad" : good);
  const out = newFolder();
  const { code, stdout } = await run(at("many"), "-o", out, "--json");
  const { pictures, failed } = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(readdirSync(out)).toHaveLength(MANY - bad.length);
  const outputs = pictures.map((each: { output: string }) => each.output);
  expect(outputs).toEqual(outputs.toSorted());
  expect(failed.map((each: { input: string }) => each.input)).toEqual(bad.map((each) => join(at("many"), each)));
});

describe("--progress json", () => {
  it("tells how far the work is, on standard error", async () => {
    const { code, stdout, stderr } = await run(at("in"), "-o", newFolder(), "--progress", "json", "--json");
    expect({ code, pictures: JSON.parse(stdout).pictures.length }).toEqual({ code: 0, pictures: COUNT });
    const lines = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const line of lines) expect(Object.keys(line)).toEqual(["done", "total", "seconds", "secondsLeft", "what"]);
    const told = lines.filter(({ what }) => what === "restoring");
    expect(told[0]).toMatchObject({ done: 0, total: COUNT, secondsLeft: null });
    expect(told.at(-1)).toMatchObject({ done: COUNT, total: COUNT, secondsLeft: 0 });
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted((a, b) => a - b));
  });

  it("is told by --quiet to tell nothing, and has no other form", async () => {
    const quiet = await run(at("in"), "-o", newFolder(), "--progress=json", "--quiet");
    expect({ code: quiet.code, stderr: quiet.stderr }).toEqual({ code: 0, stderr: "" });
    expect((await run(at("in"), "-o", newFolder(), "--progress", "bar")).code).toBe(2);
  });
});

describe("what is a picture", () => {
  it("is decided by content: GIF and AVIF too, whatever they are called; a text called .png is a bad one", async () => {
    const from = mkdtempSync(at("kinds-"));
    const source = sharp(await picture(4));
    writeFileSync(join(from, "a.dat"), await source.clone().jpeg().toBuffer());
    writeFileSync(join(from, "b.jpg"), await source.clone().gif().toBuffer());
    writeFileSync(join(from, "c.avif"), await source.clone().avif().toBuffer());
    writeFileSync(join(from, "d.png"), "text");
    writeFileSync(join(from, "e.svg"), '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');
    writeFileSync(join(from, ".f.png"), await picture(5));
    mkdirSync(join(from, ".cache"));
    const out = newFolder();
    const { code, stderr } = await run(from, "-o", out);
    expect(code).toBe(1);
    expect(readdirSync(out)).toEqual(["a.png", "b.png", "c.png"]);
    expect(stderr).toContain("1 of 5 files was left out");
    expect(stderr).toContain("e.svg; 2 hidden files were left out too");
    expect(stderr).toContain("error[image/unknown-format]");
  });
});
