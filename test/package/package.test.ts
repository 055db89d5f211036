/** What is published: its files, its entries, and three kinds of programs that use it. */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Browser, Page } from "playwright-core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NETWORKS } from "../../models/index.js";
import { compile, importCheckpoint } from "../../src/api.js";
import { crop } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { launchChromium } from "../browser/chromium.js";
import { serveFolder } from "../browser/serve.js";
import { runNode } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { blocksOf, pageText, runsOf } from "../support/pages.js";
import { servePage } from "../support/serve-page.js";
import { type Packed, ROOT, run } from "./install.js";
import { addOptionalPackages, installedProject, type Project } from "./project.js";

const CHECKPOINT = fixture("models", "nsr-x3", "checkpoint.pt");

let project: Project & { readonly packed: Packed };
/** Of the graphs that the checkout's own compiler makes: of the library's import, and of the command's, which names it after the file. */
let expectedSha256: string;
let commandSha256: string;

beforeAll(async () => {
  project = installedProject();
  const bytes = Uint8Array.from(readFileSync(CHECKPOINT));
  const { document, weights } = await importCheckpoint(bytes, { config: new Map([["patch", 24]]) });
  expectedSha256 = sha256(await compile(document, weights));
  commandSha256 = sha256(await compile({ ...document, name: "checkpoint" }, weights));
});
afterAll(() => project?.remove());

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A tool of the checkout, on a file or folder of the project. */
const tool = (path: string, args: readonly string[], cwd: string) =>
  runNode([join(ROOT, "node_modules", path), ...args], cwd);

describe("the tarball", () => {
  it("holds what it should", () => {
    const paths = new Set(project.packed.files.map(({ path }) => path));
    const wanted = [
      "package.json",
      "README.md",
      "LICENSE",
      "CHANGELOG.md",
      "THIRD-PARTY-LICENSES.md",
      "dist/web/licenses.txt",
      "dist/cli/main.js",
      "dist/cli/worker-node.js",
      "dist/src/index.js",
      "dist/src/index.d.ts",
      "dist/src/runtime/web.js",
      "dist/src/runtime/index-node.d.ts",
      "dist/src/runtime/worker/index.js",
      "dist/src/runtime/worker/script.js",
      "dist/src/onnx/index.js",
      "dist/src/onnx/index.d.ts",
      "dist/web/index.html",
      "schemas/model.v1.schema.json",
      "schemas/triton/model_config.proto",
      "schemas/triton/LICENSE",
    ];
    expect(wanted.filter((path) => !paths.has(path))).toEqual([]);
  });

  it("holds each network once, the page's included", () => {
    const holding = (ending: string) =>
      project.packed.files.filter(({ path }) => path.endsWith(ending)).map(({ path }) => path);
    const names = NETWORKS.map(({ name }) => name).toSorted();
    expect(names).toContain("nsr-x2");
    expect(holding(".safetensors").toSorted()).toEqual(names.map((name) => `models/${name}.weights.safetensors`));
    expect(holding(".json").filter((path) => path.includes("nsr-"))).toHaveLength(names.length);
    expect(holding(".pt")).toEqual([]);
  });

  it("holds nothing else, and stays small", () => {
    const allowed = [
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|THIRD-PARTY-LICENSES\.md|schemas\/[\w.]+\.json|schemas\/triton\/(model_config\.proto|LICENSE))$/,
      /^dist\/src\/[\w./-]+\.(js|d\.ts)$/,
      /^dist\/cli\/[\w./-]+(?<!\.d)\.js$/,
      /^dist\/web\/(index\.html|licenses\.txt|offline\.js|offline\.json|app\.webmanifest|icon\.svg|assets\/[\w.-]+\.(js|css|png|svg|webp))$/,
      /^models\/(index\.js|index\.d\.ts|[\w-]+\.json|[\w-]+\.weights\.safetensors)$/,
    ];
    const others = project.packed.files.filter(({ path }) => !allowed.some((pattern) => pattern.test(path)));
    expect(others.map(({ path }) => path)).toEqual([]);
    expect(project.packed.files.filter(({ path }) => /\/start\.js$|test/.test(path))).toEqual([]);
    // Nine of it are the networks; the program is there joined, and as the modules of the library.
    expect(project.packed.size).toBeLessThan(12e6);
  });

  it("pleases publint", async () => {
    const tarball = Uint8Array.from(readFileSync(project.packed.tarball)).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("has types that are right wherever modules can be imported", async () => {
    const args = [project.packed.tarball, "--profile", "esm-only", "--no-color", "--format", "ascii"];
    const { code, stdout, stderr } = await tool("@arethetypeswrong/cli/dist/index.js", args, project.path);
    expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });
  });
});

describe("installed without scripts and optional packages", () => {
  it("leaves out ONNX Runtime for Node", () => {
    expect(existsSync(project.at("node_modules/onnxruntime-web/package.json"))).toBe(true);
    expect(existsSync(project.at("node_modules/onnxruntime-node"))).toBe(false);
  });

  it("runs in Node, and says what is missing where it is", async () => {
    const { code, stdout, stderr } = await runNode(["node/compile.mjs", CHECKPOINT, "out.onnx"], project.path);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ width: 36, height: 27, named: "36x27", code: "runtime/not-installed" });
    expect(sha256(readFileSync(project.at("out.onnx")))).toBe(expectedSha256);
  });

  it("has the command, whose compile compares on WebAssembly and says why", async () => {
    const smxc = (...args: readonly string[]) => run("npx", ["--no-install", "smxc", ...args], { cwd: project.path });
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect((await smxc("--version")).stdout).toBe(`${version}\n`);
    await smxc("import", CHECKPOINT, "-o", "m.json", "--set", "patch=24");
    const { stderr } = await smxc("compile", "m.json", "-o", "m.onnx");
    expect(stderr).toContain("on the WebAssembly provider, since onnxruntime-node is not installed");
    await smxc("compile", "m.json", "-o", "m.onnx", "--no-verify");
    expect(sha256(readFileSync(project.at("m.onnx")))).toBe(commandSha256);
    expect((await smxc("check", "m.onnx")).stdout).toContain("valid");
    expect(JSON.parse((await smxc("models", "--json")).stdout).models).toHaveLength(NETWORKS.length);
    await smxc("compile", "nsr-x3", "-o", "named.onnx", "--no-verify");
  });

  it("says what a queue needs", async () => {
    const argv = [
      project.at("node_modules/smxc/dist/cli/main.js"),
      "queue",
      "status",
      "--redis",
      "redis://127.0.0.1:1",
    ];
    const { code, stderr } = await runNode(argv, project.path);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("error[queue/not-installed]") });
    expect(stderr).toContain("npm install bullmq ioredis");
  });

  it("runs the scripts of docs/reference/onnx.md", async () => {
    const blocks = blocksOf(pageText("docs/reference/onnx.md"));
    mkdirSync(project.at("onnx"));
    const scripts = blocks.filter(({ language, note }) => language === "js" && note !== "");
    expect(scripts.length).toBeGreaterThan(5);
    for (const { note, text } of scripts) {
      writeFileSync(project.at(`onnx/${note}`), text);
      const ended = await runNode([note], project.at("onnx"));
      const said = blocks.find((block) => block.language === "text" && block.note === note)?.text;
      expect(ended).toEqual({ code: 0, stdout: said, stderr: "" });
    }
  });

  it("serves the page, with the runtime of its dependency", async () => {
    const served = await servePage(project.at("node_modules/smxc/dist/cli/main.js"));
    const page = await (await fetch(served.address)).text();
    const script = /<script type="module"[^>]* src="([^"]+)"/.exec(page)![1]!;
    const { files } = (await (await fetch(new URL("offline.json", served.address))).json()) as { files: string[] };
    const { version } = JSON.parse(readFileSync(project.at("node_modules/onnxruntime-web/package.json"), "utf8"));
    expect(files).toContain(`ort/${version}/ort-wasm-simd-threaded.wasm`);
    for (const path of [script, ...files]) {
      expect((await fetch(new URL(path, served.address), { method: "HEAD" })).status).toBe(200);
    }
    await served.close();
  });
});

describe.each(["nodenext", "bundler"])("a strict TypeScript project, modules resolved by %s", (resolution) => {
  it("compiles, types of the package included", async () => {
    const args = ["-p", `types/tsconfig.${resolution}.json`];
    const { code, stdout } = await tool("@typescript/native/bin/tsc", args, project.path);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  });
});

describe("a Vite application", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  /** Builds the project of a folder, and opens it. */
  async function openBuilt(folder: string): Promise<{ readonly page: Page; close(): Promise<void> }> {
    const built = await tool("vite/bin/vite.js", ["build", folder, "--logLevel", "warn"], project.path);
    expect({ code: built.code, stderr: withoutTimings(built.stderr) }).toEqual({ code: 0, stderr: "" });
    const served = await serveFolder(join(folder, "dist/"));
    const page = await browser.newPage();
    // As in a browser without a graphics adapter: that of these tests is software, and slow.
    await page.addInitScript("delete Navigator.prototype.gpu");
    await page.goto(`${served.origin}/index.html`);
    return { page, close: served.close };
  }

  it("compiles and runs a checkpoint in the browser", async () => {
    mkdirSync(project.at("vite/public"));
    copyFileSync(CHECKPOINT, project.at("vite/public/checkpoint.pt"));
    const { page, close } = await openBuilt(project.at("vite"));
    await page.waitForFunction("document.title !== 'working'", undefined, { timeout: 90_000 });
    expect(await page.title()).toBe(`36x27 ${expectedSha256}`);
    await close();
  });

  it("loads a network of the package by its name in the browser, whose files the bundler copied", async () => {
    const { page, close } = await openBuilt(project.at("vite-named"));
    await page.waitForFunction("document.title !== 'working'", undefined, { timeout: 90_000 });
    expect(await page.title()).toBe("36x27, enlarge ×3, model/no-such-network");
    await close();
  });

  it("works on ONNX files in the browser, with nothing of Node in it", async () => {
    const { page, close } = await openBuilt(project.at("vite-onnx"));
    await page.waitForFunction("document.title !== 'working'", undefined, { timeout: 90_000 });
    expect(await page.title()).toBe("0 findings, 0 changes, the sum is tensor(float)[N, 1]");
    await close();
  });

  it("is made as docs/learn/getting-started.md and write-a-page.md say, from the checkpoint on", async () => {
    copyFileSync(CHECKPOINT, project.at("checkpoint.pt"));
    const photograph = await readImage(fixture("photographs", "x3", "coffee.png"), () => {});
    writeFileSync(project.at("photo.png"), await encodeImage(crop(photograph, 60, 40, 24, 18), "photo.png", () => {}));
    const commands = runsOf(pageText("docs/learn/getting-started.md"))
      .flatMap(({ text }) => text.trim().split("\n"))
      .filter((line) => line.startsWith("npx "));
    expect(commands.length).toBeGreaterThan(4);
    addOptionalPackages(project);
    for (const command of commands) {
      const [, ...words] = command.split(" ");
      await run("npx", ["--no-install", ...words], { cwd: project.path });
    }
    mkdirSync(project.at("own/public"), { recursive: true });
    for (const name of ["model.json", "model.weights.safetensors"])
      copyFileSync(project.at(name), project.at(`own/public/${name}`));
    for (const { note, text } of blocksOf(pageText("docs/learn/write-a-page.md"))) {
      if (/\.(html|js)$/.test(note)) writeFileSync(project.at(`own/${note}`), text);
    }
    const { page, close } = await openBuilt(project.at("own"));
    await page.setInputFiles("#picture", project.at("photo.png"));
    await page.waitForFunction("/pixels|defect|error/.test(document.querySelector('#status').textContent)", undefined, {
      timeout: 90_000,
    });
    expect(await page.textContent("#status")).toBe("72 × 54 pixels, context: whole");
    await close();
  });
});

/** What Vite says on a busy machine of the time that its own plugins took, for the page and for its worker, is nothing of the package. */
function withoutTimings(stderr: string): string {
  return stripVTControlCharacters(stderr).replace(/^\[PLUGIN_TIMINGS\][\s\S]*? for more details\.\s*/gm, "");
}
