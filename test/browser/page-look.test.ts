/** What holds for everybody who uses the page: keyboard, readers, contrast, phones, and that nothing jumps. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crop } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { type ServedPage, servePage } from "../support/serve-page.js";
import { launchChromium } from "./chromium.js";
import { choose, drop, type OpenPage, openPage, waitForResult, waitForText } from "./page-driver.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const folder = temporaryFolder();
const picture = folder.at("picture.png");
let served: ServedPage;
let browser: Browser;

beforeAll(async () => {
  const photograph = await readImage(fixture("photographs", "x2", "coffee.png"), () => {});
  writeFileSync(picture, await encodeImage(crop(photograph, 60, 40, 40, 30), picture, () => {}));
  served = await servePage();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  folder.remove();
});

async function openRestored(options: BrowserContextOptions): Promise<OpenPage & { readonly droppedAt: number }> {
  const opened = await openPage(browser, served.address, options);
  await choose(opened.page, "network", "nsr-x3");
  await waitForText(opened.page, "#status", "200 × 132 pixels");
  const droppedAt = (await opened.page.evaluate("performance.now()")) as number;
  await drop(opened.page, picture);
  await waitForResult(opened.page);
  return { ...opened, droppedAt };
}

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

/**
 * What moved without the user's doing, since the page was opened (Cumulative Layout Shift). The drop, which a test can
 * only feign, counts as the user's doing as a real one would: for half a second.
 */
const shift = (page: Page, droppedAt: number): Promise<unknown> =>
  page.evaluate(`new Promise((resolve) => {
    const own = ({ hadRecentInput, startTime }) => hadRecentInput || (startTime > ${droppedAt} && startTime < ${droppedAt} + 500);
    const moved = (list) => list.getEntries().reduce((sum, entry) => sum + (own(entry) ? 0 : entry.value), 0);
    new PerformanceObserver((list) => resolve(moved(list))).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(0), 500);
  })`);

describe.each([
  ["desktop", "light", DESKTOP],
  ["phone", "dark", PHONE],
] as const)("on a %s, %s", (_, colorScheme, viewport) => {
  it("reads well after a run and after an error, and does not jump", async () => {
    const { page, droppedAt } = await openRestored({ viewport, colorScheme });
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overhang(page)).toBe(0);
    expect(await shift(page, droppedAt)).toBe(0);
    writeFileSync(folder.at("bad.pt"), "no checkpoint");
    await drop(page, folder.at("bad.pt"));
    await waitForText(page, "#model-error", "error[");
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overhang(page)).toBe(0);
    await page.context().close();
  });
});

describe("by keyboard", () => {
  it("everything is reached in the order of the page and shows its focus, and the divider moves", async () => {
    const { page } = await openRestored({ viewport: DESKTOP });
    // As it is when the page is opened: nothing has the focus.
    await page.evaluate("document.activeElement.blur(); document.querySelector('.skip').focus();");
    await page.keyboard.press("Shift+Tab");
    const reached: string[] = [];
    for (let press = 0; press < 30; press++) {
      await page.keyboard.press("Tab");
      const [name, outlined] = (await page.evaluate(`{
        const element = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        [element.id || element.name || element.tagName.toLowerCase(), outlineStyle !== "none" && outlineWidth !== "0px"];
      }`)) as readonly [string, boolean];
      if (name === "body" || name === reached[0]) break;
      reached.push(name);
      expect([name, outlined]).toEqual([name, true]);
    }
    expect(reached).toEqual([
      "a",
      "slider",
      "restore",
      "pick",
      "download",
      "zoom",
      "network",
      "provider",
      "context",
      "pick-model",
      "summary",
      "target",
      "expose-beta",
      "betas-download",
      "div",
    ]);
    // What lies left of the divider is the original.
    const cut = () =>
      page.evaluate(`{
        const sheet = document.querySelector("#sheet").getBoundingClientRect();
        const left = parseFloat(getComputedStyle(document.querySelector("#restored")).clipPath.match(/([\\d.]+)px\\)$/)[1]);
        Math.round((100 * left) / sheet.width);
      }`);
    expect(await cut()).toBe(50);
    await page.focus("#slider");
    for (let press = 0; press < 10; press++) await page.keyboard.press("ArrowRight");
    expect(await cut()).toBe(60);
    expect(await page.getAttribute("#slider", "aria-valuetext")).toBe("60 % original");
    await page.keyboard.press("Home");
    expect(await cut()).toBe(0);
    await page.context().close();
  });

  it("a zoomed picture scrolls", async () => {
    const { page } = await openPage(browser, served.address, { viewport: PHONE });
    await page.selectOption("#zoom", "4");
    await page.focus("#scroller");
    for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.evaluate("document.querySelector('#scroller').scrollLeft")).toBeGreaterThan(20);
    await page.context().close();
  });
});

it("opens and restores without its server, once it was visited", async () => {
  const { page } = await openPage(browser, served.address, { serviceWorkers: "allow" });
  const kept = () =>
    page.evaluate(`caches.open("smxc").then(async (cache) => (await cache.keys()).map(({ url }) => url))`);
  // The last of its files.
  await expect.poll(kept, { timeout: 60_000 }).toContainEqual(expect.stringMatching(/simd-threaded\.wasm$/));
  await page.context().setOffline(true);
  await page.reload();
  await waitForText(page, "#status", "A sample to try");
  await choose(page, "network", "nsr-x3");
  await waitForText(page, "#status", "200 × 132 pixels");
  await drop(page, picture);
  expect(await waitForResult(page)).toContain("120 × 90 from 40 × 30 pixels");
  await page.context().close();
});
