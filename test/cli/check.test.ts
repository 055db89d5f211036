import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smxc, temporaryFolder } from "../support/cli.js";

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
    for (const nothing of ["empty", "absent/**"]) {
      const { code, stdout, stderr } = await smxc(["check", nothing], folder.path);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain("there is no ONNX file there");
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
    expect(nothing.stderr).toContain("no file matches the pattern tree/*.onnx");
    expect(nothing.stdout).toContain("good.onnx: valid");
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
