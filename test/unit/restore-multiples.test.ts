/** Pictures whose sides are no multiples of what a network takes. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Image } from "../../src/pictures/image.js";
import { paddedTo } from "../../src/restore/multiples.js";
import { openDocument } from "../../src/restore/open-document.js";
import { restorePicture } from "../../src/restore/restore.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { importStore, openFixture } from "../support/fixtures.js";

function ramp(width: number, height: number): Image {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 37) % 251);
  return { width, height, channels: 3, bitDepth: 8, data };
}

describe("paddedTo", () => {
  it("mirrors the last rows and columns, as PyTorch's reflect does", () => {
    const picture: Image = { width: 3, height: 2, channels: 1, bitDepth: 8, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect(paddedTo(4, picture)).toEqual({
      width: 4,
      height: 4,
      channels: 1,
      bitDepth: 8,
      data: Uint8Array.of(1, 2, 3, 2, 4, 5, 6, 5, 1, 2, 3, 2, 4, 5, 6, 5),
    });
  });

  it("keeps the picture in its corner, and gives the next multiples, however small it is", () => {
    const sides = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(sides, sides, fc.integer({ min: 1, max: 16 }), (width, height, multiple) => {
        const picture = ramp(width, height);
        const padded = paddedTo(multiple, picture);
        expect([padded.width % multiple, padded.height % multiple]).toEqual([0, 0]);
        expect(padded.width - width).toBeLessThan(multiple);
        expect(padded.height - height).toBeLessThan(multiple);
        for (let row = 0; row < padded.height; row++) {
          const line = padded.data.slice(row * padded.width * 3, (row + 1) * padded.width * 3);
          if (row < height)
            expect(line.slice(0, width * 3)).toEqual(picture.data.slice(row * width * 3, (row + 1) * width * 3));
          for (const sample of line) expect(picture.data).toContain(sample);
        }
      }),
    );
  });
});

describe("a network that takes multiples of 4", async () => {
  const { spec, weights } = await importStore(
    await openFixture("checkpoints", "networks", "rrdb-x1", "checkpoint.pth"),
  );
  const network = await openDocument({ name: "rrdb-x1", spec, weights }, {}, "cpu", (bytes) =>
    createNodeSession(bytes, { target: "cpu", threads: 1 }),
  );

  it.each([
    [7, 11],
    [1, 2],
    [8, 5],
  ])("gives of %i × %i pixels a part of what it gives of the padded picture", async (width, height) => {
    const picture = ramp(width, height);
    const { image } = await restorePicture(network, picture);
    const whole = (await restorePicture(network, paddedTo(4, picture))).image;
    expect([image.width, image.height]).toEqual([width, height]);
    for (let row = 0; row < height; row++) {
      const line = whole.data.slice(row * whole.width * 3, (row * whole.width + width) * 3);
      expect(image.data.slice(row * width * 3, (row + 1) * width * 3)).toEqual(line);
    }
  });

  it("is averaged over flips and rotations of the picture itself", async () => {
    const { image } = await restorePicture(network, ramp(7, 5), { selfEnsemble: true });
    expect([image.width, image.height]).toEqual([7, 5]);
  });
});
