/** What the tests of the page share: pictures and a checkpoint in a folder, the page on a server, and a browser. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { crop } from "../../src/pictures/image.js";
import { encodeImage, readImage } from "../../src/pictures/image-node.js";
import { resizeBicubic } from "../../src/pictures/resize.js";
import { succeed, temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { type ServedPage, servePage } from "../support/serve-page.js";
import { launchChromium } from "./chromium.js";
import { type OpenPage, openPage } from "./page-driver.js";

export interface PageWithPictures {
  readonly folder: ReturnType<typeof temporaryFolder>;
  at(name: string): string;
  /** Once the tests run. */
  served(): ServedPage;
  open(): Promise<OpenPage>;
}

/** Called at the top of a test file. */
export function pageWithPictures(): PageWithPictures {
  const folder = temporaryFolder();
  const { at } = folder;
  let served: ServedPage;
  let browser: Browser;
  beforeAll(async () => {
    const coffee = await readImage(fixture("photographs", "x3", "coffee.png"), () => {});
    const pictures = {
      "tiny.png": crop(coffee, 70, 40, 11, 9),
      "small.png": crop(coffee, 60, 30, 37, 29),
      // Three bands of patches, four tiles.
      "patches.png": resizeBicubic(crop(coffee, 50, 0, 64, 132), 96, 200),
      "wide.png": resizeBicubic(crop(coffee, 0, 50, 200, 12), 800, 20),
    };
    for (const [name, picture] of Object.entries(pictures)) {
      writeFileSync(at(name), await encodeImage(picture, name, () => {}));
    }
    writeFileSync(at("text.png"), "no picture");
    writeFileSync(at("net.pt"), readFileSync(fixture("models", "nsr-x3", "checkpoint.pt")));
    await succeed(["import", "net.pt", "-o", "net.json", "--set", "patch=24"], folder.path);
    served = await servePage();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    folder.remove();
  });
  return { folder, at, served: () => served, open: () => openPage(browser, served.address) };
}
