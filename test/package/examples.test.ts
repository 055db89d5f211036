/** The folders of `examples/`, with the package as npm packs it, and without cross-origin isolation. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crop } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { launchChromium } from "../browser/chromium.js";
import { serveFolder } from "../browser/serve.js";
import { runNode } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { addOptionalPackages, installedProject, type Project, ROOT } from "./pack.js";

const PHOTOGRAPH = fixture("photographs", "x3", "coffee.png");

let project: Project;
let photo: string;

beforeAll(async () => {
  project = await installedProject();
  addOptionalPackages(project);
  cpSync(join(ROOT, "examples"), project.at("examples"), { recursive: true });
  photo = project.at("photo.png");
  writeFileSync(photo, await encodeImage(crop(await readImage(PHOTOGRAPH, () => {}), 60, 40, 48, 36), photo, () => {}));
});
afterAll(() => project?.remove());

describe("in Node", () => {
  it("restores a picture by the name of a network", async () => {
    const { code, stdout, stderr } = await runNode(
      ["restore.mjs", photo, "out.png", "nsr-x3"],
      project.at("examples/node"),
    );
    expect([code, stdout]).toEqual([0, "nsr-x3: 144 × 108 pixels\nwrote out.png\n"]);
    expect(stderr).toBe("");
    const { width, height } = await readImage(project.at("examples/node/out.png"), () => {});
    expect([width, height]).toEqual([144, 108]);
  });

  it("says what is wrong in one line", async () => {
    const { code, stderr } = await runNode(
      ["restore.mjs", "none.png", "out.png", "nsr-x33"],
      project.at("examples/node"),
    );
    expect([code, stderr.includes("nsr-x33"), /^ +at /m.test(stderr)]).toEqual([1, true, false]);
  });
});

describe("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function restoreIn(folder: string) {
    const served = await serveFolder(folder, false);
    const page = await browser.newPage();
    // As in a browser without a graphics adapter: that of these tests is software, and slow.
    await page.addInitScript("delete Navigator.prototype.gpu");
    const errors: string[] = [];
    page.on("pageerror", (cause) => errors.push(cause.message));
    await page.goto(`${served.origin}/index.html`);
    expect(await page.evaluate("crossOriginIsolated")).toBe(false);
    await page.setInputFiles("#picture", photo);
    const ended = "/^Done|Stopped|Defect|error|rror:|cannot/.test(document.querySelector('#status').textContent)";
    await page.waitForFunction(ended, undefined, { timeout: 110_000 }).catch(() => {});
    const said = await page.textContent("#status");
    // A result that was drawn has colours in its corners.
    const corners = await page.evaluate(`(() => {
      const { width, height } = document.querySelector("canvas");
      const context = document.querySelector("canvas").getContext("2d");
      return [[0, 0], [width - 1, height - 1]].map(([x, y]) => context.getImageData(x, y, 1, 1).data[3]);
    })()`);
    await page.close();
    await served.close();
    return { said, corners, errors };
  }
  const GOOD = { said: "Done: 96 × 72 pixels", corners: [255, 255], errors: [] };

  it("runs as Vite bundles it", async () => {
    const folder = project.at("examples/vite");
    const vite = join(ROOT, "node_modules/vite/bin/vite.js");
    const built = await runNode([vite, "build", "--logLevel", "warn"], folder);
    // Of a slow machine Vite says that its build took long.
    expect([built.code, built.code === 0 ? "" : built.stderr]).toEqual([0, ""]);
    expect(await restoreIn(join(folder, "dist/"))).toEqual(GOOD);
  });

  it("runs without a bundler, by an import map", async () => {
    const folder = project.at("examples/html");
    symlinkSync(project.at("node_modules"), join(folder, "node_modules"));
    expect(await restoreIn(`${folder}/`)).toEqual(GOOD);
  });
});

describe("the server", () => {
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill("SIGKILL");
  });

  /** Starts it, and waits until it is ready. */
  async function start(
    env: NodeJS.ProcessEnv = {},
  ): Promise<{ readonly address: string; end(): Promise<number | null> }> {
    const child = spawn(process.execPath, ["server.mjs"], {
      cwd: project.at("examples/server"),
      env: { ...process.env, PORT: "0", NETWORK: "nsr-x3", ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(child);
    const [line] = (await once(child.stdout!.setEncoding("utf8"), "data")) as [string];
    const address = line.trim();
    expect((await fetch(`${address}/health`)).status).toBe(200);
    while ((await fetch(`${address}/ready`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
    return {
      address,
      async end() {
        child.kill("SIGTERM");
        const [code] = (await once(child, "exit")) as [number | null];
        return code;
      },
    };
  }
  const post = (address: string, body: Uint8Array | string) =>
    fetch(`${address}/restore`, { method: "POST", body: body as BodyInit });

  it("restores, refuses what is too much or no picture, and finishes what it has when it is told to end", async () => {
    const { address, end } = await start({ MOST_PIXELS: "2000", MOST_BYTES: "100000", MOST_WAITING: "1" });
    const bytes = new Uint8Array(readFileSync(photo));
    const good = await post(address, bytes);
    expect([good.status, good.headers.get("content-type")]).toEqual([200, "image/png"]);
    writeFileSync(project.at("served.png"), new Uint8Array(await good.arrayBuffer()));
    expect(await readImage(project.at("served.png"), () => {})).toMatchObject({ width: 144, height: 108 });
    expect((await post(address, "no picture")).status).toBe(415);
    expect((await post(address, new Uint8Array(100_001))).status).toBe(413);
    const large = await post(address, new Uint8Array(readFileSync(PHOTOGRAPH)));
    expect(large.status).toBe(413);
    expect((await fetch(`${address}/restore`)).status).toBe(405);
    expect((await fetch(`${address}/`)).status).toBe(404);
    // One runs and one waits: of six at once some are refused, and all that were taken are answered.
    const many = await Promise.all(Array.from({ length: 6 }, async () => (await post(address, bytes)).status));
    expect(new Set(many)).toEqual(new Set([200, 503]));
    const last = post(address, bytes);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [code, { status }] = await Promise.all([end(), last]);
    expect([code, status]).toEqual([0, 200]);
    await expect(fetch(`${address}/health`)).rejects.toThrow();
  });

  it("gives up what takes too long", async () => {
    const { address, end } = await start({ TIMEOUT: "1" });
    expect((await post(address, new Uint8Array(readFileSync(photo)))).status).toBe(504);
    expect(await end()).toBe(0);
  });
});
