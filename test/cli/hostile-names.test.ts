/** Whatever names stand in files, and whatever files are called: what is printed obeys none of their characters. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { collect } from "../../src/base/bytes/byte-source.js";
import { writeSafetensors } from "../../src/files/safetensors-write.js";
import { compile } from "../../src/index.js";
import { temporaryFolder } from "../support/cli.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(folder.remove);

/** Stands in names behind what ends a line only: no line may begin with it. */
const MARK = "MARK";
const FRAGMENTS = [
  "a",
  " ",
  ":",
  "::error file=a::b",
  "\n",
  "\r\n",
  "\r",
  "\u001b[31m",
  "\u001b]0;title\u0007",
  "\u007f",
  "\u0085",
  "\u009b2J",
  "\u061c",
  "\u200b",
  "\u200e",
  "\u202e",
  "\u2028",
  "\u2029",
  "\u2066",
  "\ufeff",
  "\u{e0041}",
  "##[error]",
  "##vso[task.complete]",
  '"',
  "%0A",
  "<b>",
  "&",
  "]]>",
  "\\",
] as const;

const hostile = fc
  .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 5 })
  .map((parts) => `${parts.join("")}\n${MARK}`);

const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function expectHarmless(argv: readonly string[], text: string, github: boolean): void {
  const lines = text.split("\n");
  const bad = lines.filter(
    (line) =>
      OBEYED.test(line) ||
      new RegExp(`^\\s*${MARK}`).test(line) ||
      (!github && /##[a-z]*\[/i.test(line)) ||
      (/^\s*::/.test(line) && !(github && /^::(error|warning|notice) file=[^:,]*,line=1,title=[^:,]*::/.test(line))),
  );
  expect({ argv: argv.slice(0, 1), bad }).toEqual({ argv: argv.slice(0, 1), bad: [] });
}

/** Runs a command in all of its forms; what it prints is harmless, and no defect. */
async function runAll(...argv: readonly string[]): Promise<void> {
  const forms = argv[0] === "check" ? ["text", "json", "sarif", "junit", "github"] : [undefined];
  for (const flags of [...forms.map((form) => (form ? ["--format", form] : [])), ["--json"]]) {
    const { code, stdout, stderr } = await runCaptured([...argv, ...flags], COMMANDS);
    expect([argv, code]).not.toEqual([argv, 70]);
    expectHarmless(argv, stdout, flags.includes("github"));
    expectHarmless(argv, stderr, false);
    if (flags.includes("--json") || flags.includes("json") || flags.includes("sarif")) JSON.parse(stdout);
  }
}

const documentOf = (name: string) => ({
  version: 1 as const,
  name,
  image: { range: [0, 1] as [number, number], color: "rgb" as const, scale: 1 },
  inputs: [{ name: `x${name}`, shape: ["N", 3, "H", "W"] as (string | number)[] }],
  layers: [{ name, op: "relu" as const, in: `x${name}` }],
  outputs: [name],
});

const RUNS = { numRuns: Number(process.env.SMXC_CASES ?? 3) };

describe("names in files", () => {
  it("of documents and graphs", { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const document = documentOf(name);
        writeFileSync(at("m.json"), JSON.stringify(document));
        writeFileSync(at("a.onnx"), await compile(document, undefined));
        const other = { ...document, layers: [{ ...document.layers[0]!, op: "sigmoid" as const }] };
        writeFileSync(at("b.onnx"), await compile(other, undefined));
        await runAll("inspect", at("m.json"));
        await runAll("inspect", at("a.onnx"));
        await runAll("diff", at("a.onnx"), at("b.onnx"));
        await runAll("check", "--strict", "--full", "--target", "webgpu", at("a.onnx"));
        await runAll("compile", at("m.json"), "-o", at("c.onnx"));
        await runAll("verify", at("m.json"), at("a.onnx"), "--shape", "1x3x4x4");
        await runAll("verify", at("m.json"), at("b.onnx"), "--shape", "1x3x4x4");
      }),
      RUNS,
    ),
  );

  it("of broken documents and graphs", { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const document = documentOf(name);
        const wrong = [
          { name, op: name, in: "nothing", [name]: 1 },
          { name, op: "relu", in: name },
        ];
        writeFileSync(
          at("m.json"),
          JSON.stringify({ ...document, [name]: 1, layers: wrong, outputs: [name, `${name}2`] }),
        );
        await runAll("compile", at("m.json"), "-o", at("c.onnx"));
        // A node's input that nothing defines, by a letter of its name.
        const graph = Buffer.from(await compile(document, undefined));
        const bytes = Buffer.from(`x${name}`);
        graph[graph.indexOf(bytes)] = 0x77;
        writeFileSync(at("bad.onnx"), graph);
        await runAll("check", at("bad.onnx"), "--strict");
        await runAll("inspect", at("bad.onnx"));
        await runAll("diff", at("bad.onnx"), at("bad.onnx"));
      }),
      RUNS,
    ),
  );

  it("of checkpoints and configurations", { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const tensor = { name, tensor: { shape: [1], read: async () => new Float32Array(1) } };
        const more = Array.from({ length: 9 }, (_, n) => ({ ...tensor, name: `${name}${n}` }));
        writeFileSync(at("w.safetensors"), await collect(writeSafetensors([tensor, ...more], new Map([[name, name]]))));
        writeFileSync(at("c.json"), JSON.stringify({ [name]: name, mean: name }));
        await runAll("import", at("w.safetensors"), "-o", at("m.json"), "--arch", "nsr", "--config", at("c.json"));
        await runAll("import", at("w.safetensors"), "-o", at("m.json"), "--arch", name);
        await runAll("import", at("w.safetensors"), "-o", at("m.json"), "--set", `${name}=${name}`);
      }),
      RUNS,
    ),
  );
});

// Windows refuses many of these names.
describe.skipIf(process.platform === "win32")("names of files", () => {
  it("of models and pictures", { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const inside = (file: string) => at(`folder/${file}`);
        rmSync(at("folder"), { recursive: true, force: true });
        mkdirSync(inside("lr"), { recursive: true });
        const document = inside(`${name}.json`);
        const graph = inside(`${name}.onnx`);
        writeFileSync(document, JSON.stringify(documentOf("m")));
        writeFileSync(graph, await compile(documentOf("m"), undefined));
        const create = { width: 16, height: 12, channels: 3, background: "#4080c0" } as const;
        const picture = inside(`lr/${name}.png`);
        writeFileSync(picture, await sharp({ create }).png().toBuffer());
        await runAll("run", document, picture, "-o", inside(`${name}.png`));
        await runAll("run", graph, inside("lr"), "-o", inside("out"));
        await runAll("eval", graph, "--pairs", inside("lr"), inside("lr"));
        await runAll("check", graph, document, inside(`${name}2.onnx`));
        await runAll("check", at("folder"));
        await runAll("check", `${name}*`);
        await runAll("inspect", graph);
        await runAll("import", picture, "-o", inside(`${name}.json`));
        await runAll("import", document, "-o", document);
        await runAll(name);
        await runAll("run", `--${name}`);
      }),
      RUNS,
    ),
  );
});
