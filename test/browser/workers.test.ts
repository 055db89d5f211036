/** Parts of pictures in Web Workers, on a page that is not cross-origin isolated and so has no threads. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { crop } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { succeed, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { launchChromium } from "./chromium.js";
import { choose, drop, mostApart, openPage, savedPicture, waitForResult, waitForText } from "./page-driver.js";
import { type Served, serveFolder } from "./serve.js";

const folder = temporaryFolder();
const { at } = folder;
let served: Served;
let browser: Browser;

beforeAll(async () => {
  const coffee = await readImage(fixture("photographs", "x3", "coffee.png"), () => {});
  writeFileSync(at("part.png"), await encodeImage(crop(coffee, 20, 10, 150, 110), "part.png", () => {}));
  served = await serveFolder(fileURLToPath(new URL("../../dist/web", import.meta.url)), false);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  folder.remove();
});

it("restores patches in workers of one thread each as the command line does", async () => {
  const { page, complaints } = await openPage(browser, `${served.origin}/index.html`);
  expect(await page.evaluate("crossOriginIsolated")).toBe(false);
  await choose(page, "network", "nsr-x3");
  await page.locator("#settings > summary").click();
  await choose(page, "context", "trained");
  await waitForText(page, "#status", "200 × 132 pixels");
  await drop(page, at("part.png"));
  const said = await waitForResult(page, "from 150 × 110");
  const workers = availableParallelism() === 1 ? "1 thread" : "[234] workers";
  expect(said).toMatch(
    new RegExp(`^450 × 330 from 150 × 110 pixels in .* on WebAssembly with ${workers}, \\d+ patches`),
  );
  expect(served.requested.filter((path) => path.includes("/worker-web-"))).not.toEqual([]);
  const restored = await savedPicture(page, at("page.png"));
  await succeed(["run", "nsr-x3", "part.png", "-o", "cli.png", "--context", "patch"], folder.path);
  const expected = await readImage(at("cli.png"), () => {});
  expect(mostApart(restored, expected)).toBeLessThanOrEqual(1);
  expect(complaints).toEqual([]);
  await page.context().close();
});
