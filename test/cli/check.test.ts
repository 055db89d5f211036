import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/cli.js";
import { writeRecord } from "../unit/onnx-support/write-record.js";
import { smxc } from "./capture.js";

const fixture = fileURLToPath(new URL("../../fixtures/onnx/models/", import.meta.url));
const folder = temporaryFolder();

describe("smxc check", () => {
  let good = "";
  beforeAll(() => {
    good = readdirSync(fixture).find((name) => name.endsWith(".onnx"))!;
    copyFileSync(`${fixture}${good}`, folder.at("good.onnx"));
    const bytes = readFileSync(`${fixture}${good}`);
    writeFileSync(folder.at("cut.onnx"), bytes.subarray(0, Math.floor(bytes.length / 2)));
  });
  afterAll(folder.remove);

  it("is content with a valid file and says so", async () => {
    const { code, stdout } = await smxc(["check", "good.onnx"], folder.path);
    expect(code).toBe(0);
    expect(stdout).toContain("good.onnx: valid");
  });

  it("exits with 1 on a broken file, names rule and place, and prints no stack trace", async () => {
    const { code, stdout, stderr } = await smxc(["check", "good.onnx", "cut.onnx"], folder.path);
    expect(code).toBe(1);
    expect(stdout).toMatch(/cut\.onnx: not a valid ONNX model\n {2}error byte \d+: .*\[onnx\/wire-/);
    expect(stdout).toContain("2 files: 1 error, 0 warnings");
    expect(stdout + stderr).not.toMatch(/^ {4}at /m);
  });

  it("gives many files in one JSON document, by --format and by --json alike", async () => {
    const byFormat = await smxc(["check", "good.onnx", "cut.onnx", "--format", "json"], folder.path);
    const byFlag = await smxc(["check", "good.onnx", "cut.onnx", "--json"], folder.path);
    expect(byFlag.stdout).toBe(byFormat.stdout);
    const document = JSON.parse(byFormat.stdout);
    expect(document.schemaVersion).toBe(1);
    expect(document.files.map(({ file, valid }: { file: string; valid: boolean }) => [file, valid])).toEqual([
      ["good.onnx", true],
      ["cut.onnx", false],
    ]);
    expect(Object.keys(document.files[1].findings[0]).sort()).toEqual(["hint", "message", "place", "rule", "severity"]);
  });

  it("gives SARIF in which every result has a rule and a place in a file", async () => {
    const { code, stdout } = await smxc(["check", "cut.onnx", "--format", "sarif"], folder.path);
    expect(code).toBe(1);
    const [run] = JSON.parse(stdout).runs;
    expect(run.results).toHaveLength(1);
    const [result] = run.results;
    expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    expect(result.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "cut.onnx" },
      region: { startLine: 1 },
    });
  });

  it("gives JUnit in which an error is a failure", async () => {
    const { stdout } = await smxc(["check", "good.onnx", "cut.onnx", "--format", "junit"], folder.path);
    expect(stdout).toMatch(/<testsuites name="smxc check" tests="2" failures="1" errors="0" time="\d+\.\d{3}">/);
    expect(stdout).toMatch(/<testcase classname="good\.onnx" name="valid" time="\d+\.\d{3}"\/>/);
    expect(stdout).toMatch(/<failure message="[^"]+" type="onnx\/wire-/);
  });

  it("exits with 2 when a file cannot be read, and checks the others all the same", async () => {
    const { code, stdout, stderr } = await smxc(["check", "absent.onnx", "good.onnx", "cut.onnx"], folder.path);
    expect(code).toBe(2);
    expect(stderr).toContain("absent.onnx cannot be opened");
    expect(stdout).toContain("good.onnx: valid");
    expect(stdout).toContain("2 files: 1 error, 0 warnings");
  });

  it("keeps to one document when a file cannot be read", async () => {
    const { code, stdout, stderr } = await smxc(["check", "absent.onnx", "good.onnx", "--json"], folder.path);
    expect([code, stderr]).toEqual([2, ""]);
    const document = JSON.parse(stdout);
    expect(document.files.map(({ file }: { file: string }) => file)).toEqual(["good.onnx"]);
    expect(document.errors).toMatchObject([{ code: "io/not-found", file: "absent.onnx" }]);
    const xml = (await smxc(["check", "absent.onnx", "good.onnx", "--format", "junit"], folder.path)).stdout;
    expect(xml).toMatch(/<testsuites name="smxc check" tests="2" failures="0" errors="1" time="/);
    const sarif = JSON.parse((await smxc(["check", "absent.onnx", "--format", "sarif"], folder.path)).stdout);
    expect(sarif.runs[0].invocations[0].executionSuccessful).toBe(false);
  });

  it("takes folders and patterns, and each file once", async () => {
    mkdirSync(folder.at("models/node_modules"), { recursive: true });
    mkdirSync(folder.at("empty"));
    for (const path of ["models/a [1].onnx", "models/b.onnx", "models/b.txt", "models/node_modules/c.onnx"]) {
      copyFileSync(folder.at("good.onnx"), folder.at(path));
    }
    const { code, stdout } = await smxc(["check", "models", "models/*.onnx", "models/a [1].onnx"], folder.path);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `${join("models", "a [1].onnx")}: valid\n${join("models", "b.onnx")}: valid\n2 files: 0 errors, 0 warnings\n`,
    );
    for (const [nothing, message] of [
      ["empty", "there is no ONNX file in it"],
      ["absent/**", "no ONNX file matches the pattern absent/**"],
    ] as const) {
      const { code, stdout, stderr } = await smxc(["check", nothing], folder.path);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(message);
    }
  });

  it("expands a pattern that the shell did not, and takes each file once however links lead to it", async () => {
    mkdirSync(folder.at("tree/a/b"), { recursive: true });
    copyFileSync(folder.at("good.onnx"), folder.at("tree/a/x.onnx"));
    copyFileSync(folder.at("good.onnx"), folder.at("tree/a/b/y.onnx"));
    if (process.platform !== "win32") symlinkSync("..", folder.at("tree/a/b/up"));
    const { code, stdout } = await smxc(["check", "tree/**/*.onnx", "tree/a/{x,b/y}.onnx", "--json"], folder.path);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files.map(({ file }: { file: string }) => file)).toEqual([
      "tree/a/b/y.onnx",
      "tree/a/x.onnx",
    ]);
    const nothing = await smxc(["check", "tree/*.onnx", "good.onnx"], folder.path);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain("no ONNX file matches the pattern tree/*.onnx");
    expect(nothing.stdout).toContain("good.onnx: valid");
  });

  // On Windows only administrators make links.
  it.skipIf(process.platform === "win32")("says which links in a folder lead nowhere, and goes on", async () => {
    mkdirSync(folder.at("links/below"), { recursive: true });
    mkdirSync(folder.at("elsewhere"), { recursive: true });
    copyFileSync(folder.at("good.onnx"), folder.at("links/good.onnx"));
    symlinkSync("gone.onnx", folder.at("links/below/a.onnx"));
    symlinkSync("b.onnx", folder.at("links/b.onnx"));
    symlinkSync("../elsewhere", folder.at("links/c"));
    symlinkSync("gone.onnx", folder.at("elsewhere/c.onnx"));
    symlinkSync("gone.txt", folder.at("links/d.txt"));
    for (const named of ["links", "links/**/*.onnx"]) {
      const { code, stdout, stderr } = await smxc(["check", named], folder.path);
      expect(code).toBe(2);
      expect(stdout).toContain("good.onnx: valid");
      expect(stderr).toMatch(
        /the link points to b\.onnx, which cannot be opened: its symbolic links form a circle\n.*links\/b\.onnx\n/,
      );
      expect(stderr).toMatch(
        /the link points to gone\.onnx, which cannot be opened: there is no such file\n.*links\/below\/a\.onnx\n/,
      );
      expect(stderr).toContain("links/c/c.onnx");
      expect(stderr).not.toContain("d.txt");
    }
    const alone = await smxc(["check", "links/below", "--json"], folder.path);
    expect(JSON.parse(alone.stdout).errors).toMatchObject([{ code: "io/broken-link", file: "links/below/a.onnx" }]);
    expect((await smxc(["bench", "links/below"], folder.path)).stderr).toContain("cannot be opened");
  });

  it("says of each operator that ONNX does not have what to use instead", async () => {
    const nodes = ["Affine", "ATen", "Scale", "Affine"].map((op_type) => ({ op_type, input: ["x"], output: ["y"] }));
    const graph = { name: "g", node: nodes, input: [], output: [] };
    const model = { ir_version: 8, opset_import: [{ domain: "", version: 17 }], graph };
    writeFileSync(folder.at("old.onnx"), Uint8Array.from(writeRecord("ModelProto", model)));
    const { stdout } = await smxc(["check", "old.onnx", "--strict", "--json"], folder.path);
    const { findings } = JSON.parse(stdout).files[0] as { findings: { rule: string; hint: string }[] };
    const hints = findings.filter(({ rule }) => rule === "onnx/strict-operator").map(({ hint }) => hint);
    expect(hints).toEqual([
      "use Mul and Add instead",
      expect.stringMatching(/^export again without PyTorch's ATen fallback/),
      "use Mul instead",
      "use Mul and Add instead",
    ]);
    const text = (await smxc(["check", "old.onnx", "--strict"], folder.path)).stdout;
    expect(text.match(/= (use|export).*/g)).toEqual([
      "= use Mul and Add instead",
      `= ${hints[1]}`,
      "= use Mul instead",
    ]);
  });

  it("tells of wholly different graphs a bounded number of changes, and of all under --json", async () => {
    const graphOf = (op_type: string, count: number) => {
      const node = Array.from({ length: count }, (_, i) => ({ op_type, input: [`v${i}`], output: [`v${i + 1}`] }));
      const graph = { name: "g", node, input: [{ name: "v0" }], output: [{ name: `v${count}` }] };
      return Uint8Array.from(
        writeRecord("ModelProto", { ir_version: 8, opset_import: [{ domain: "", version: 17 }], graph }),
      );
    };
    writeFileSync(folder.at("relu.onnx"), graphOf("Relu", 2345));
    writeFileSync(folder.at("abs.onnx"), graphOf("Abs", 10));
    const { code, stdout } = await smxc(["diff", "relu.onnx", "abs.onnx"], folder.path);
    const all = JSON.parse((await smxc(["diff", "relu.onnx", "abs.onnx", "--json"], folder.path)).stdout);
    expect(code).toBe(1);
    const ofNodes = all.changes.filter(({ kind }: { kind: string }) => kind === "node").length;
    expect(ofNodes).toBeGreaterThan(2000);
    const lines = stdout.split("\n").filter((line) => line.startsWith("node "));
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe(`node       … and ${(ofNodes - 100).toLocaleString("en")} more: --json lists them`);
    expect(stdout).toContain(`${all.changes.length} changes; weights: `);
  });

  it("finds no difference between a file and itself, and one after a change", async () => {
    expect((await smxc(["diff", "good.onnx", "good.onnx"], folder.path)).code).toBe(0);

    const other = readdirSync(fixture).filter((name) => name.endsWith(".onnx"))[1]!;
    copyFileSync(`${fixture}${other}`, folder.at("other.onnx"));
    const different = await smxc(["diff", "good.onnx", "other.onnx", "--json"], folder.path);
    expect(different.code).toBe(1);
    expect(JSON.parse(different.stdout).equal).toBe(false);
  });
});
