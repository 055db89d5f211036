/** Folders of pictures. */
import { linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";

/** File systems allow some 65,000 names of one file. */
const NAMES_OF_A_FILE = 60_000;

/** A folder that is removed by `remove`. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "smxc-fleet-"));
  return { at: (name) => join(path, name), remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes `count` different pictures of random noise, which is the same each time. */
export async function writePictures(folder, count, sideOf) {
  mkdirSync(folder);
  for (let index = 0; index < count; index++) await picture(index, sideOf(index)).toFile(join(folder, nameOf(index)));
}

/** A folder of so many names of a few files. */
export async function linkPictures(folder, count) {
  mkdirSync(folder);
  for (let index = 0; index < count; index++) {
    const first = index - (index % NAMES_OF_A_FILE);
    if (index === first) await picture(index, 16).toFile(join(folder, nameOf(index)));
    else linkSync(join(folder, nameOf(first)), join(folder, nameOf(index)));
  }
}

const nameOf = (index) => `${String(index).padStart(8, "0")}.png`;

function picture(seed, side) {
  let state = seed * 2654435761 + 1;
  const data = Buffer.from(
    Array.from({ length: side * side * 3 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    }),
  );
  return sharp(data, { raw: { width: side, height: side, channels: 3 } }).png();
}
