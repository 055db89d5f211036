/** The folders of `examples/`, with the package as npm packs it, and without cross-origin isolation. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crop } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { launchChromium } from "../browser/chromium.js";
import { serveFolder } from "../browser/serve.js";
import { runNode } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { ROOT } from "./install.js";
import { addOptionalPackages, installedProject, type Project } from "./project.js";

const PHOTOGRAPH = fixture("photographs", "x3", "coffee.png");

let project: Project;
let photo: string;

beforeAll(async () => {
  project = installedProject();
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

describe("docs/reference/runtime.md", () => {
  it("begins with lines that run as they are", async () => {
    const [, lines] = /^```js\n(.*?)^```/ms.exec(readFileSync(join(ROOT, "docs/reference/runtime.md"), "utf8"))!;
    writeFileSync(project.at("lines.mjs"), `${lines}\nconsole.log(image.width, image.height, typeof encodeImage);\n`);
    const { code, stdout, stderr } = await runNode(["lines.mjs"], project.path);
    expect([code, stdout, stderr]).toEqual([0, "96 72 function\n", ""]);
  });
});

describe("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium({ adapter: false });
  });
  afterAll(() => browser?.close());

  async function pageIn(folder: string) {
    const served = await serveFolder(folder, false);
    return { ...(await pageAt(`${served.origin}/index.html`)), served };
  }

  /** A page, and what it throws. */
  async function pageAt(address: string) {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (cause) => errors.push(cause.message));
    await page.goto(address);
    expect(await page.evaluate("crossOriginIsolated")).toBe(false);
    return { page, errors };
  }

  /** What a page says in the end, and whether something was drawn in the corners. */
  async function outcomeOf({ page, errors }: { readonly page: Page; readonly errors: readonly string[] }) {
    const ended = "/^Done|Stopped|Defect|error|rror:|cannot/.test(document.querySelector('#status').textContent)";
    await page.waitForFunction(ended, undefined, { timeout: 110_000 }).catch(() => {});
    const said = await page.textContent("#status");
    const corners = await page.evaluate(`(() => {
      const { width, height } = document.querySelector("canvas");
      const context = document.querySelector("canvas").getContext("2d");
      return [[0, 0], [width - 1, height - 1]].map(([x, y]) => context.getImageData(x, y, 1, 1).data[3]);
    })()`);
    return { said, corners, errors };
  }

  async function restoreIn(folder: string) {
    const { page, errors, served } = await pageIn(folder);
    await page.setInputFiles("#picture", photo);
    const outcome = await outcomeOf({ page, errors });
    await page.close();
    await served.close();
    return outcome;
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

  it("keeps compiler and runtime out of the page, draws part by part, stops, and restores the next picture", async () => {
    const { page, errors, served } = await pageIn(join(project.at("examples/vite"), "dist/"));
    const scripts = served.requested.filter((path) => path.endsWith(".js"));
    expect(scripts).toHaveLength(1);
    expect(statSync(join(project.at("examples/vite/dist"), scripts[0]!)).size).toBeLessThan(20_000);
    await page.setInputFiles("#picture", fixture("photographs", "x2", "coffee.png"));
    // Within the page: a click from outside may come when all is drawn.
    await page.evaluate(`new Promise((resolve) => {
      const context = document.querySelector("canvas").getContext("2d");
      const stopOnceBegun = () => {
        if (context.getImageData(0, 0, 1, 1).data[3] !== 255) return void setTimeout(stopOnceBegun, 10);
        document.querySelector("#cancel").click();
        resolve();
      };
      stopOnceBegun();
    })`);
    expect(await outcomeOf({ page, errors })).toEqual({ said: "Stopped.", corners: [255, 0], errors: [] });
    await page.setInputFiles("#picture", photo);
    expect(await outcomeOf({ page, errors })).toEqual(GOOD);
    await page.close();
    await served.close();
  });

  it("runs as Vite's development server gives it, module by module", async () => {
    // Where the packages are installed, which is all that this server gives out.
    const folder = project.path;
    cpSync(project.at("examples/vite"), folder, { recursive: true, filter: (path) => !path.endsWith("package.json") });
    const vite = spawn(process.execPath, [join(ROOT, "node_modules/vite/bin/vite.js"), "--port", "0"], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      let said = "";
      vite.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
      await expect.poll(() => /http:\/\/localhost:\d+/.test(said), { timeout: 60_000 }).toBe(true);
      const { page, errors } = await pageAt(/http:\/\/localhost:\d+/.exec(said)![0]);
      await page.setInputFiles("#picture", photo);
      expect(await outcomeOf({ page, errors })).toEqual(GOOD);
      await page.close();
    } finally {
      vite.kill();
    }
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

  it("has a place for no more bodies than may wait, and gives the place of a slow or gone client away", async () => {
    const { address, end } = await start({ MOST_WAITING: "1", TIMEOUT: "10000" });
    const bytes = new Uint8Array(readFileSync(photo));
    const slow = () => {
      const sending = request(`${address}/restore`, { method: "POST", headers: { "content-length": bytes.length } });
      sending.on("error", () => {});
      sending.write(bytes.subarray(0, 10));
      const answer = once(sending, "response") as Promise<[IncomingMessage]>;
      answer.catch(() => {});
      return { sending, answer };
    };
    const [first, second] = [slow(), slow()];
    const health = async () => (await (await fetch(`${address}/health`)).json()) as unknown;
    await expect.poll(health, { timeout: 4000 }).toMatchObject({ requests: 2 });
    expect((await post(address, bytes)).status).toBe(503);
    first.sending.destroy();
    await expect.poll(health, { timeout: 4000 }).toMatchObject({ requests: 1 });
    expect((await post(address, bytes)).status).toBe(200);
    const [{ statusCode }] = await second.answer;
    expect(statusCode).toBe(504);
    expect(await end()).toBe(0);
  });

  it("gives up what still waits when its grace is over", async () => {
    const { address, end } = await start({ NETWORK: "nsr-x2", CONTEXT: "patch", GRACE: "1" });
    const bytes = new Uint8Array(readFileSync(PHOTOGRAPH));
    const statuses = Promise.all([post(address, bytes), post(address, bytes)].map(async (each) => (await each).status));
    const health = async () => (await (await fetch(`${address}/health`)).json()) as unknown;
    await expect.poll(health, { interval: 5, timeout: 10_000 }).toMatchObject({ waiting: 1 });
    expect(await end()).toBe(0);
    expect((await statuses).toSorted().at(-1)).toBe(503);
  });

  it("says what is wrong with its network in one line", async () => {
    const env = { NETWORK: "nsr-x33", PORT: "0" };
    const { code, stderr } = await runNode(["server.mjs"], project.at("examples/server"), env);
    expect([code, stderr.includes("nsr-x33"), /^ +at /m.test(stderr)]).toEqual([1, true, false]);
  });
});
