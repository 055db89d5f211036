/** Debian's Chromium without a screen, with WebGPU on SwiftShader: it tells correctness, never speed. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const EXECUTABLES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  // WebAssembly by V8's first compiler alone. The second computes the same, and would compile all that is hot anew in every page.
  "--js-flags=--liftoff-only",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-unsafe-swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--disable-vulkan-surface",
];

const WEBGPU = /webgpu|vulkan|swiftshader/i;

/** @param adapter whether pages and their workers have WebGPU; it is slow here, and what has it takes it */
export function launchChromium({ adapter = true } = {}): Promise<Browser> {
  const executablePath = EXECUTABLES.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("no Chromium found: apt-get install chromium");
  return chromium.launch({ executablePath, args: adapter ? FLAGS : FLAGS.filter((flag) => !WEBGPU.test(flag)) });
}
