/** The GitHub Action: its script, run by bash as a runner of GitHub does. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/cli.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = temporaryFolder();

/** The script of the action's only step. */
const SCRIPT = readFileSync(`${ROOT}/action.yml`, "utf8").split("      run: |\n")[1]!.replaceAll(/^ {8}/gm, "");

function run(inputs: Readonly<Record<string, string>>) {
  const defaults = { STRICT: "false", FULL: "false", TARGET: "", MAX_WARNINGS: "", PACKAGE: "", SARIF: "out/x.sarif" };
  const env = { ...process.env, GITHUB_ACTION_PATH: ROOT, ...defaults, ...inputs };
  return spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPT], {
    cwd: folder.path,
    env,
    encoding: "utf8",
  });
}

// Its script is bash's, with the paths of Linux.
describe.skipIf(process.platform === "win32")("the action", () => {
  beforeAll(() => {
    cpSync(`${ROOT}/fixtures/onnx/broken`, folder.at("models/old"), { recursive: true });
    cpSync(`${ROOT}/fixtures/onnx/models/test_scan9_sum.onnx`, folder.at("models/a good one.onnx"));
  });
  afterAll(folder.remove);

  it("annotates what is broken, writes SARIF and fails", () => {
    const { status, stdout } = run({ FILES: "models" });
    expect(status).toBe(1);
    expect(stdout).toContain(
      '::error file=models/old/undefined-input.onnx,line=1,title=onnx/graph-topological::graph.node[1] "relu" input 0: nothing defines "sum"',
    );
    expect(stdout).toContain("2 files: 1 error, 0 warnings");
    const [sarif] = JSON.parse(readFileSync(folder.at("out/x.sarif"), "utf8")).runs;
    expect(sarif.results).toHaveLength(1);
    expect(sarif.results[0].locations[0]).toMatchObject({
      physicalLocation: { artifactLocation: { uri: "models/old/undefined-input.onnx" } },
      logicalLocations: [{ fullyQualifiedName: 'graph.node[1] "relu" input 0' }],
    });
  });

  it("is content with what is sound, and counts warnings where it is told to", () => {
    expect(run({ FILES: "models/*.onnx", FULL: "true", STRICT: "true" }).status).toBe(0);
    expect(run({ FILES: "models/*.onnx", TARGET: "webgpu", MAX_WARNINGS: "0" }).status).toBe(1);
  });

  it("builds the smxc of its own ref where it is not yet, with the optional packages that a build needs", () => {
    const prepare = "console.log(process.env.npm_config_omit || 'all')";
    const build = `mkdir -p dist/cli && echo "${prepare}" > dist/cli/main.js && node dist/cli/main.js > built-with`;
    mkdirSync(folder.at("checkout"));
    writeFileSync(folder.at("checkout/package.json"), JSON.stringify({ name: "smxc", scripts: { prepare: build } }));
    const lock = { name: "smxc", lockfileVersion: 3, packages: { "": { name: "smxc" } } };
    writeFileSync(folder.at("checkout/package-lock.json"), JSON.stringify(lock));
    expect(run({ FILES: "models", GITHUB_ACTION_PATH: folder.at("checkout") })).toMatchObject({ status: 0 });
    expect(readFileSync(folder.at("checkout/built-with"), "utf8")).toBe("all\n");
  });

  it("fails when there is nothing to check", () => {
    const { status, stderr } = run({ FILES: "weights/**/*.onnx" });
    expect(status).toBe(2);
    expect(stderr).toContain("no ONNX file matches");
  });
});
