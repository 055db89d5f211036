/** What holds for everybody who uses the page: keyboard, readers, contrast, phones, and that nothing jumps. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crop } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { type ServedPage, servePage } from "../support/serve-page.js";
import { launchChromium } from "./chromium.js";
import {
  choose,
  drop,
  inWindow,
  openPage,
  paste,
  saved,
  waitForProblem,
  waitForResult,
  waitForText,
} from "./page-driver.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const folder = temporaryFolder();
const picture = folder.at("picture.png");
let served: ServedPage;
let browser: Browser;

beforeAll(async () => {
  const photograph = await readImage(fixture("photographs", "x2", "coffee.png"), () => {});
  writeFileSync(picture, await encodeImage(crop(photograph, 60, 40, 40, 30), picture, () => {}));
  writeFileSync(folder.at("tiny.png"), await encodeImage(crop(photograph, 60, 40, 8, 9), "tiny.png", () => {}));
  writeFileSync(folder.at("small.png"), await encodeImage(crop(photograph, 70, 40, 13, 7), "small.png", () => {}));
  writeFileSync(folder.at("bad.png"), "no picture");
  writeFileSync(folder.at("bad.pt"), "no checkpoint");
  writeFileSync(folder.at("espcn.onnx"), readFileSync(fixture("onnx-exports", "espcn", "open.onnx")));
  served = await servePage();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  folder.remove();
});

/** What axe finds, as text that names the element. */
async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate("axe.run()")) as {
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** The width by which the page is wider than the window. */
const overhang = (page: Page): Promise<unknown> =>
  page.evaluate("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)");

/** What moved without the user's doing since the page was opened (Cumulative Layout Shift): from where to where, and what. */
const moved = (page: Page): Promise<unknown> =>
  page.evaluate(`new Promise((resolve) => {
    const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
    const told = ({ startTime, value, sources }) =>
      sources.map(({ node, previousRect, currentRect }) =>
        Math.round(startTime) + " ms, " + value.toFixed(4) + ": " +
        (node?.id || node?.className || node?.nodeName) + " from " + place(previousRect) + " to " + place(currentRect));
    new PerformanceObserver((list) => resolve(list.getEntries().filter((entry) => !entry.hadRecentInput).flatMap(told)))
      .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve([]), 500);
  })`);

/** What is on the picture of the progress when it is first shown: whether all of it is in the window, and its words. */
const firstProgress = (page: Page): Promise<unknown> =>
  page.evaluate(`new Promise((resolve) => {
    const card = document.querySelector("#progress-card");
    new MutationObserver(() => {
      if (card.hidden) return;
      const stage = document.querySelector("#stage").getBoundingClientRect();
      const inside = ["#progress-text", "#progress", "#cancel"].map((part) => {
        const { left, top, right, bottom, width, height } = document.querySelector(part).getBoundingClientRect();
        return width > 0 && height > 0 && left >= stage.left && right <= stage.right && top >= 0 && bottom <= Math.min(innerHeight, stage.bottom);
      });
      resolve(inside);
    }).observe(card, { attributes: true });
  })`);

describe.each([
  ["desktop", { viewport: { width: 1280, height: 800 } }],
  ["low screen", { viewport: { width: 1366, height: 625 } }],
  ["phone", { viewport: { width: 390, height: 844 }, hasTouch: true }],
] as const)("on a %s", (device, options) => {
  let page: Page;
  let requests: readonly string[];
  beforeAll(async () => {
    ({ page, requests } = await openPage(browser, served.address, { ...options, colorScheme: "light" }));
    await page.locator("#after[aria-label*=pixels]").waitFor();
  });
  afterAll(() => page.context().close());

  const zoom = async (): Promise<number> => Number.parseInt((await page.textContent("#zoom-text"))!, 10);
  /** Of the picture's upper left corner, in the stage. */
  const corner = (): Promise<{ readonly x: number; readonly y: number }> =>
    page.evaluate(`{
      const { left, top } = document.querySelector("#after").getBoundingClientRect();
      const stage = document.querySelector("#stage").getBoundingClientRect();
      ({ x: left - stage.left, y: top - stage.top });
    }`);
  const inside = (...parts: readonly string[]): Promise<readonly boolean[]> =>
    Promise.all(parts.map((part) => inWindow(page, part)));

  it("opens finished, at 200 %, with what is needed first in the window, and without work", async () => {
    expect(await zoom()).toBe(200);
    expect(await inside("h1", "#stage", "#divider", "#pick")).toEqual(Array(4).fill(true));
    expect(requests.filter((url) => /worker|ort|models/.test(url))).toEqual([]);
    expect(await overhang(page)).toBe(0);
  });

  it("everything is reached by the keyboard in the order of the page, and shows its focus", async () => {
    // As it is when the page is opened: nothing has the focus.
    await page.evaluate("document.activeElement.blur(); document.querySelector('.skip').focus();");
    await page.keyboard.press("Shift+Tab");
    const reached: string[] = [];
    for (let press = 0; press < 30; press++) {
      await page.keyboard.press("Tab");
      const [name, outlined] = (await page.evaluate(`{
        const element = document.activeElement;
        const shown = ["", "::after"].some((part) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(element, part);
          return outlineStyle !== "none" && outlineWidth !== "0px";
        });
        [element.id || element.name || element.parentElement.id || element.tagName.toLowerCase(), shown];
      }`)) as readonly [string, boolean];
      if (name === "body" || name === reached[0]) break;
      reached.push(name);
      expect([name, outlined]).toEqual([name, true]);
    }
    expect(reached).toEqual([
      "a",
      "stage",
      "divider",
      ...["zoom-out", "zoom-in", "zoom-fit", "zoom-200"],
      "pick",
      "save",
      "network",
      "pick-network",
      "settings",
      "experts",
    ]);
    await page.evaluate("scrollTo(0, 0)");
  });

  it("divides the picture by keys and by dragging", async () => {
    const cut = () =>
      page.evaluate(
        `Math.round(parseFloat(getComputedStyle(document.querySelector("#after-layer")).clipPath.match(/([\\d.]+)%\\)$/)[1]))`,
      );
    expect(await cut()).toBe(50);
    await page.focus("#divider");
    for (let press = 0; press < 5; press++) await page.keyboard.press("ArrowRight");
    expect(await cut()).toBe(60);
    expect(await page.getAttribute("#divider", "aria-valuetext")).toBe("60 % before");
    await page.keyboard.press("Home");
    expect(await cut()).toBe(0);
    const { x, y, width, height } = (await page.locator("#stage").boundingBox())!;
    await page.mouse.move(x + 5, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 4, y + height / 2, { steps: 3 });
    await page.mouse.up();
    expect(await cut()).toBe(25);
  });

  it("zooms and moves the picture by keys, the wheel, dragging and a pinch", async () => {
    await page.focus("#stage");
    await page.keyboard.press("4");
    expect(await zoom()).toBe(400);
    const before = await corner();
    await page.keyboard.press("ArrowRight");
    expect((await corner()).x).toBeCloseTo(before.x - 48, 0);
    await page.keyboard.press("0");
    expect(await zoom()).toBeLessThan(250);
    await page.keyboard.press("4");
    // What is under the pointer stays there.
    const box = (await page.locator("#stage").boundingBox())!;
    const at = { x: box.width / 3, y: box.height / 3 };
    const [from, zoomed] = [await corner(), await zoom()];
    await page.mouse.move(box.x + at.x, box.y + at.y);
    await page.mouse.wheel(0, -200);
    await expect.poll(zoom).toBeGreaterThan(500);
    const [to, grows] = [await corner(), (await zoom()) / zoomed];
    expect(Math.abs(to.x - (at.x - (at.x - from.x) * grows))).toBeLessThan(3);
    await page.mouse.down();
    await page.mouse.move(box.x + at.x + 40, box.y + at.y + 30);
    await page.mouse.up();
    expect((await corner()).y).toBeCloseTo(to.y + 30, 0);
    const pinched = await zoom();
    if (device === "phone") await pinch(page, { x: box.x + 60, y: box.y + 100 }, 200, 100);
    else {
      // As touchpads tell it.
      await page.keyboard.down("Control");
      await page.mouse.wheel(0, 100 * Math.LN2);
      await page.keyboard.up("Control");
    }
    await expect.poll(zoom).toBeLessThan(pinched * 0.6);
    expect(await zoom()).toBeGreaterThan(pinched * 0.4);
    await page.click("#zoom-fit");
    await page.click("#zoom-200");
    expect(await zoom()).toBe(200);
  });

  it("shows progress and errors on the picture, in the window, and nothing jumps", async () => {
    // The user looks elsewhere.
    await page.locator("#experts > summary").scrollIntoViewIfNeeded();
    const progress = firstProgress(page);
    await drop(page, picture, folder.at("bad.pt"));
    expect(await progress).toEqual([true, true, true]);
    await waitForProblem(page, "error[");
    await waitForResult(page, "80 × 60");
    expect(await moved(page)).toEqual([]);
    expect(await inside("#problem-card", "#problem-close")).toEqual([true, true]);
    await page.focus("#problem-close");
    await page.keyboard.press("Enter");
    expect(await page.isHidden("#problem-card")).toBe(true);
    expect(await page.evaluate("document.activeElement.id")).toBe("stage");
  });

  it("takes several pictures, pasted and dropped, as a strip, and says which are of other settings", async () => {
    await paste(page, folder.at("tiny.png"));
    await drop(page, folder.at("small.png"), folder.at("bad.png"));
    const states = strip(page);
    await expect
      .poll(states, { timeout: 60_000 })
      .toEqual(["picture.png: done", "tiny.png: done", "small.png: done", "bad.png: failed"]);
    expect(await saved(page, "#save-zip", folder.at("all.zip"))).toBe("restored.zip");
    await page.click('[aria-label="small.png: done"]');
    await choose(page, "network", "nsr-x3");
    await waitForResult(page, "39 × 21 from 13 × 7");
    expect(await states()).toEqual([
      "picture.png: other settings",
      "tiny.png: other settings",
      "small.png: done",
      "bad.png: failed",
    ]);
    await page.click('[aria-label^="tiny.png"]');
    await waitForText(page, "#note", "This result was made with Enlarge ×2");
    expect(await inside("#note", "#note-action")).toEqual([true, true]);
    await page.click('[aria-label^="bad.png"]');
    await waitForProblem(page, "bad.png");
    await page.click('[aria-label="Remove bad.png"]');
    expect(await page.evaluate("document.activeElement.className")).toBe("thumbnail");
  });

  it("makes a card of a network that is dropped", async () => {
    await drop(page, folder.at("espcn.onnx"));
    await expect
      .poll(() => page.textContent(".card:has(:checked)"), { timeout: 60_000 })
      .toMatch(/espcn.*enlarges ×\d, from espcn\.onnx.*\d kB · [\d.]+ s per megapixel/s);
  });

  it("reads well in light and dark, with all that can be unfolded", async () => {
    await page.locator("#experts > summary").click();
    await page.locator("#settings > summary").click();
    await choose(page, "network", "nsr-x2");
    await waitForText(page, "#experts-text", "sets of kernels");
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overhang(page)).toBe(0);
  });
});

/** What the strip's pictures are called, with what became of them. */
function strip(page: Page): () => Promise<readonly (string | null)[]> {
  const names = page.locator("#strip .thumbnail");
  return async () => Promise.all((await names.all()).map((each) => each.getAttribute("aria-label")));
}

/** Two fingers, one below the other; the lower one moves. */
async function pinch(
  page: Page,
  at: { readonly x: number; readonly y: number },
  from: number,
  to: number,
): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", distance?: number) =>
    client.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: distance === undefined ? [] : [0, distance].map((below, id) => ({ x: at.x, y: at.y + below, id })),
    });
  await touch("touchStart", from);
  for (let step = 1; step <= 4; step++) await touch("touchMove", from + ((to - from) * step) / 4);
  await touch("touchEnd");
  await client.detach();
}

it("opens and restores without its server, once it was visited", async () => {
  const { page } = await openPage(browser, served.address, { serviceWorkers: "allow" });
  const kept = () =>
    page.evaluate(`caches.open("smxc").then(async (cache) => (await cache.keys()).map(({ url }) => url))`);
  // The last of its files.
  await expect.poll(kept, { timeout: 60_000 }).toContainEqual(expect.stringMatching(/simd-threaded\.wasm$/));
  await page.context().setOffline(true);
  await page.reload();
  await waitForText(page, "#status", "This is an example");
  await choose(page, "network", "nsr-x3");
  await drop(page, picture);
  expect(await waitForResult(page, "from 40 × 30")).toContain("120 × 90 from 40 × 30 pixels");
  await page.context().close();
});
