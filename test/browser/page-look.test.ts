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
import { choose, drop, inWindow, openPage, waitForProblem, waitForResult, waitForText } from "./page-driver.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESKTOP = { width: 1280, height: 800 };
const LOW = { width: 1366, height: 625 };
const PHONE = { width: 390, height: 844 };

const folder = temporaryFolder();
const picture = folder.at("picture.png");
let served: ServedPage;
let browser: Browser;

beforeAll(async () => {
  const photograph = await readImage(fixture("photographs", "x2", "coffee.png"), () => {});
  writeFileSync(picture, await encodeImage(crop(photograph, 60, 40, 40, 30), picture, () => {}));
  writeFileSync(folder.at("bad.pt"), "no checkpoint");
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

/** What is on the picture of the progress when it is first shown: whether all of it is in the window, and its words. */
const firstProgress = (page: Page): Promise<unknown> =>
  page.evaluate(`new Promise((resolve) => {
    const card = document.querySelector("#progress-card");
    const stage = document.querySelector("#stage").getBoundingClientRect();
    new MutationObserver(() => {
      if (card.hidden) return;
      const inside = ["#progress-text", "#progress", "#cancel"].map((part) => {
        const { left, top, right, bottom, width, height } = document.querySelector(part).getBoundingClientRect();
        return width > 0 && height > 0 && left >= stage.left && right <= stage.right && top >= 0 && bottom <= Math.min(innerHeight, stage.bottom);
      });
      resolve(inside);
    }).observe(card, { attributes: true });
  })`);

describe.each([
  ["desktop", DESKTOP],
  ["low screen", LOW],
  ["phone", PHONE],
] as const)("on a %s", (_, viewport) => {
  it("opens finished, shows progress and errors in the window, reads well in light and dark, and does not jump", async () => {
    const { page, requests } = await openPage(browser, served.address, { viewport, colorScheme: "light" });
    await page.locator("#after[aria-label*=pixels]").waitFor();
    expect(await page.textContent("#zoom-text")).toBe("200 %");
    expect(await Promise.all(["h1", "#stage", "#divider", "#pick"].map((part) => inWindow(page, part)))).toEqual(
      Array(4).fill(true),
    );
    // No work was begun for it.
    expect(requests.filter((url) => /worker|ort|models/.test(url))).toEqual([]);
    const droppedAt = (await page.evaluate("performance.now()")) as number;
    const progress = firstProgress(page);
    await drop(page, picture, folder.at("bad.pt"));
    expect(await progress).toEqual([true, true, true]);
    await waitForProblem(page, "error[");
    await waitForResult(page, "80 × 60");
    expect(await shift(page, droppedAt)).toBe(0);
    expect(await Promise.all(["#problem-card", "#problem-close"].map((part) => inWindow(page, part)))).toEqual([
      true,
      true,
    ]);
    await page.locator("#experts > summary").click();
    await page.locator("#settings > summary").click();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await overhang(page)).toBe(0);
    await page.context().close();
  });
});

describe("the picture", () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await openPage(browser, served.address, { viewport: DESKTOP }));
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
  });

  it("is divided by keys and by dragging", async () => {
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

  it("is zoomed and moved by keys, the wheel, dragging and a pinch", async () => {
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
    await page.evaluate(`{
      const pictures = document.querySelector("#pictures");
      pictures.setPointerCapture = () => {};
      const send = (type, pointerId, clientX) =>
        pictures.dispatchEvent(new PointerEvent(type, { pointerId, clientX, clientY: 300, button: 0, pointerType: "touch", bubbles: true }));
      send("pointerdown", 11, 300);
      send("pointerdown", 12, 500);
      send("pointermove", 12, 400);
      send("pointerup", 11, 300);
      send("pointerup", 12, 400);
      undefined;
    }`);
    expect(await zoom()).toBeCloseTo(pinched / 2, -1);
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
  await waitForText(page, "#status", "An example, finished");
  await choose(page, "network", "nsr-x3");
  await drop(page, picture);
  expect(await waitForResult(page, "from 40 × 30")).toContain("120 × 90 from 40 × 30 pixels");
  await page.context().close();
});
