/**
 * The picture of README.md: a part of a shipped photograph that was reduced to half its size, enlarged again by bicubic
 * resampling (left) and by the shipped network nsr-x2 (right).
 *
 *   npm run build && node scripts/make-before-after.mjs
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PART = { left: 150, top: 20, width: 240, height: 240 };
const SMALL = join(ROOT, "fixtures/photographs/x2/astronaut.png");

const folder = mkdtempSync(join(tmpdir(), "smxc-before-after-"));
try {
  const large = join(folder, "large.png");
  execFileSync(process.execPath, [join(ROOT, "dist/cli/main.js"), "run", "nsr-x2", SMALL, "-o", large]);
  const { width, height } = await sharp(large).metadata();
  const before = await sharp(SMALL).resize(width, height, { kernel: "cubic" }).png().toBuffer();
  const shown = async (picture) =>
    sharp(await sharp(picture).extract(PART).png().toBuffer())
      .resize(PART.width * 2, PART.height * 2, { kernel: "nearest" })
      .png()
      .toBuffer();
  const side = PART.width * 2;
  await sharp({ create: { width: 2 * side + 8, height: side, channels: 3, background: "white" } })
    .composite([
      { input: await shown(before), left: 0, top: 0 },
      { input: await shown(large), left: side + 8, top: 0 },
    ])
    .png({ compressionLevel: 9 })
    .toFile(join(ROOT, "docs/before-after.png"));
} finally {
  rmSync(folder, { recursive: true });
}
