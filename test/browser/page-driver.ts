/** The page, driven as a user does. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import type { Image } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";

export interface OpenPage {
  readonly page: Page;
  /** Addresses that anything in the page asked for. */
  readonly requests: readonly string[];
  /** What the console called an error, and exceptions. */
  readonly complaints: readonly string[];
}

export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  // Without the service worker, which takes all files into the browser, unless a test is about that.
  const context = await browser.newContext({ acceptDownloads: true, serviceWorkers: "block", ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (cause) => complaints.push(cause.message));
  await page.goto(address);
  await waitForText(page, "#status", "This is an example");
  return { page, requests, complaints };
}

/** Files as a file manager drops them. */
export async function drop(page: Page, ...paths: readonly string[]): Promise<void> {
  await give(page, "drop", paths);
}

/** A picture from the clipboard. */
export async function paste(page: Page, path: string): Promise<void> {
  await give(page, "paste", [path]);
}

async function give(page: Page, event: "drop" | "paste", paths: readonly string[]): Promise<void> {
  const files = paths.map((path) => ({ name: basename(path), base64: readFileSync(path).toString("base64") }));
  // As text: this file is compiled without the types of browsers.
  await page.evaluate(`{
    const transfer = new DataTransfer();
    for (const { name, base64 } of ${JSON.stringify(files)})
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    const init = { bubbles: true, cancelable: true, dataTransfer: transfer, clipboardData: transfer };
    document.body.dispatchEvent(
      "${event}" === "drop" ? new DragEvent("drop", init) : new ClipboardEvent("paste", init),
    );
  }`);
}

export async function waitForText(page: Page, selector: string, text: string): Promise<string> {
  const found = page.locator(selector).filter({ hasText: text });
  await found.waitFor({ state: "attached", timeout: 90_000 });
  return (await found.textContent())!.trim();
}

/** Clicks as soon as a text is said: a click from outside may come when what it is about is over. */
export async function clickWhile(page: Page, button: string, selector: string, text: string): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const saying = document.querySelector("${selector}");
    const observer = new MutationObserver(() => {
      if (!saying.textContent.includes("${text}")) return;
      observer.disconnect();
      document.querySelector("${button}").click();
      resolve();
    });
    observer.observe(saying, { childList: true, characterData: true, subtree: true });
  })`);
}

/** Waits until the picture that is shown is restored. @returns what the page says of the run */
export async function waitForResult(page: Page, text = " s on "): Promise<string> {
  const said = await waitForText(page, "#status", text);
  // It is said before it is shown.
  await page.locator("#after[aria-label*=pixels]").waitFor();
  return said;
}

/** What went wrong, as it is said on the picture. */
export async function waitForProblem(page: Page, text: string): Promise<string> {
  const said = await waitForText(page, "#problem", text);
  await page.locator("#problem-card").waitFor();
  return said;
}

/**
 * Counts the parts of results that are painted while a run goes on.
 *
 * @returns asks how many there were since the question before
 */
export async function countTiles(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(`if (window.tiles === undefined) {
    const after = document.querySelector("#after");
    const progress = document.querySelector("#progress-card");
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (...args) {
      const [{ width, height }] = args;
      if (this.canvas === after && !progress.hidden && width * height < after.width * after.height) window.tiles++;
      return put.apply(this, args);
    };
  }
  window.tiles = 0;`);
  return () => page.evaluate("{ const count = window.tiles; window.tiles = 0; count; }");
}

export async function choose(page: Page, name: string, value: string): Promise<void> {
  await page.locator(`input[name="${name}"][value="${value}"]`).check();
}

/** The place of an element in the window, and whether all of it is seen there. */
export function inWindow(page: Page, selector: string): Promise<boolean> {
  return page.evaluate(`{
    const { left, top, right, bottom, width, height } = document.querySelector("${selector}").getBoundingClientRect();
    width > 0 && height > 0 && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  }`);
}

/** What a button saves. */
export async function saved(page: Page, button: string, path: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  await download.saveAs(path);
  return download.suggestedFilename();
}

export async function savedPicture(page: Page, path: string): Promise<Image> {
  await saved(page, "#save", path);
  return readImage(path, () => {});
}

/** The largest difference of two pictures of one size. */
export function mostApart(a: Image, b: Image): number {
  expect({ width: a.width, height: a.height }).toEqual({ width: b.width, height: b.height });
  return Array.from(a.data, (sample, index) => Math.abs(sample - b.data[index]!)).reduce((x, y) => Math.max(x, y), 0);
}
