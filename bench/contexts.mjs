/**
 * What a context gives and takes, on the networks and photographs of the repository: PSNR, work and time of each.
 *
 *   node bench/contexts.mjs [network…]
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PAIRS = { "nsr-x2": "x2", "nsr-x3": "x3", "nsr-x4": "x4" };
const CONTEXTS = ["whole", "patch", "global"];
const PICTURES = ["astronaut", "chelsea", "coffee"];
const smxc = (...words) =>
  JSON.parse(
    execFileSync("node", ["dist/cli/main.js", ...words, "--json"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );

const names = process.argv.slice(2);
console.log("| network | context | PSNR, RGB | work | seconds |\n|---|---|---|---|---|");
for (const network of names.length > 0 ? names : Object.keys(PAIRS)) {
  const folder = mkdtempSync(join(tmpdir(), "contexts-"));
  for (const side of ["lr", "hr"]) mkdirSync(join(folder, side));
  for (const picture of PICTURES)
    for (const [side, from] of [
      ["lr", PAIRS[network]],
      ["hr", "hr"],
    ])
      symlinkSync(resolve("fixtures/photographs", from, `${picture}.png`), join(folder, side, `${picture}.png`));
  for (const context of CONTEXTS) {
    const { mean, images } = smxc(
      "eval",
      network,
      "--pairs",
      join(folder, "lr"),
      join(folder, "hr"),
      "--context",
      context,
    );
    const input = join(folder, "lr", "astronaut.png");
    const { cost = 1 } = smxc("run", network, input, "-o", join(folder, "out.png"), "--context", context);
    const seconds = images.reduce((sum, image) => sum + image.seconds, 0);
    console.log(`| ${network} | ${context} | ${mean.psnr.toFixed(2)} | ${cost.toFixed(2)} | ${seconds.toFixed(1)} |`);
  }
  rmSync(folder, { recursive: true });
}
