/** What the page computes without a browser: where a picture lies, how long a run takes, what routers chose, archives. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { compile } from "../../src/compile.js";
import { openArchive } from "../../src/files/zip/archive.js";
import { readDirectory } from "../../src/files/zip/directory.js";
import { encodeModel } from "../../src/onnx/encode.js";
import type { Image } from "../../src/pictures/image.js";
import { readImage } from "../../src/pictures/image-node.js";
import { load } from "../../src/runtime/index-node.js";
import { isGoodEnough, probeOf } from "../../web/src/engine/half.js";
import { tileSide, tilingOfDocument } from "../../web/src/engine/reach.js";
import { patchColours } from "../../web/src/experts/patch-colours.js";
import { routersSentence } from "../../web/src/experts/sentence.js";
import { Pace } from "../../web/src/pictures/pace.js";
import { distinctNames, zipOf } from "../../web/src/pictures/zip.js";
import { estimate, timeText } from "../../web/src/stage/time-left.js";
import { centred, fitFactor, kept, moved, zoomedAt } from "../../web/src/stage/view.js";
import { fixture, importStore, openFixture } from "../support/fixtures.js";

const side = fc.integer({ min: 1, max: 5000 });
const size = fc.record({ width: side, height: side });
const point = fc.record({ x: fc.integer({ min: -9000, max: 9000 }), y: fc.integer({ min: -9000, max: 9000 }) });
const factor = fc.double({ min: 0.05, max: 20, noNaN: true });

describe("the view of a picture", () => {
  it("keeps the point of the picture under the pointer where it is", () => {
    fc.assert(
      fc.property(size, size, factor, factor, point, (stage, picture, first, second, at) => {
        const from = centred(stage, picture, first);
        const to = zoomedAt(from, second, at);
        expect((at.x - to.x) / second).toBeCloseTo((at.x - from.x) / first, 3);
        expect((at.y - to.y) / second).toBeCloseTo((at.y - from.y) / first, 3);
      }),
    );
  });

  it("never leaves room at a side while the picture is cut off at the other, and settles at once", () => {
    fc.assert(
      fc.property(size, size, factor, point, (stage, picture, zoom, by) => {
        const view = kept(stage, picture, moved(centred(stage, picture, zoom), by));
        const right = view.x + picture.width * view.factor;
        const room = { left: view.x, right: stage.width - right };
        if (picture.width * view.factor <= stage.width) expect(room.left).toBeCloseTo(room.right, 6);
        else expect(Math.max(room.left, room.right)).toBeLessThanOrEqual(1e-6);
        expect(kept(stage, picture, view)).toEqual(view);
      }),
    );
  });

  it("fits", () => {
    expect(fitFactor({ width: 300, height: 100 }, { width: 100, height: 100 })).toBe(1);
    expect(centred({ width: 300, height: 100 }, { width: 100, height: 50 }, 1)).toEqual({ factor: 1, x: 100, y: 25 });
  });
});

describe("the time left", () => {
  it("follows from what is done, else from what is expected, else is unknown", () => {
    expect(estimate(2, 0.25, undefined)).toEqual({ done: 0.25, left: 6 });
    expect(estimate(0.1, 0.5, 4)).toEqual({ done: 0.5, left: undefined });
    expect(estimate(1, 0, 4)).toEqual({ done: 0.25, left: 3 });
    expect(estimate(9, 0, 4)).toEqual({ done: 0.97, left: 0 });
    expect(estimate(1, 0, undefined)).toEqual({ done: undefined, left: undefined });
  });

  it("is told roundly", () => {
    expect([0.4, 1.2, 59.5, 61].map(timeText)).toEqual([
      "less than a second left",
      "about 2 s left",
      "about 60 s left",
      "about 2 min left",
    ]);
  });
});

describe("the pace of this machine", () => {
  const kind = { network: "a", provider: "wasm" } as const;
  it("is what this network took before, else what other networks took of what was predicted, else a guess", () => {
    const pace = new Pace();
    expect(pace.expected(kind, 100, undefined)).toBeUndefined();
    const guess = pace.expected(kind, 100, 3)!;
    expect(guess).toBeGreaterThan(3);
    pace.learn(kind, 100, 30, 3);
    expect(pace.expected(kind, 50, 1)).toBe(15);
    expect(pace.expected({ ...kind, network: "b" }, 50, 1)).toBe(10);
    expect(pace.expected({ network: "b", provider: "webgpu" }, 50, 1)).toBeUndefined();
  });
});

describe("tiles", () => {
  it("are of pictures that are larger than one, for networks that look little beyond them", () => {
    expect(tileSide(20, { width: 400, height: 30 })).toBe(320);
    expect(tileSide(2, { width: 256, height: 256 })).toBeUndefined();
    expect(tileSide(2, { width: 257, height: 9 })).toBe(256);
    expect(tileSide(33, { width: 4000, height: 4000 })).toBeUndefined();
    expect(tileSide(undefined, { width: 4000, height: 4000 })).toBeUndefined();
  });

  it.each([
    ["compact-x4", 5],
    ["rcan-x2", undefined],
  ] as const)("of %s have what it looks at around them", async (name, reach) => {
    const { spec, weights } = await importStore(await openFixture("checkpoints", "networks", name, "checkpoint.pth"));
    expect(tilingOfDocument(spec, weights)?.reach).toBe(reach);
  });
});

describe("float16", () => {
  const flat = (value: number, off: number): Image => ({
    width: 10,
    height: 10,
    channels: 3,
    bitDepth: 8,
    data: Uint8Array.from({ length: 300 }, (_, at) => (at < off ? value + 1 : value)),
  });
  it("is good enough where it costs a result of 40 dB at most 0.1 dB", () => {
    // One of 255 in a share of 0.1515 of all samples is 56.33 dB: 10 log10(1 + 10^((40 - 56.33) / 10)) = 0.1.
    expect(isGoodEnough(flat(9, 45), flat(9, 0))).toBe(true);
    expect(isGoodEnough(flat(9, 46), flat(9, 0))).toBe(false);
  });
  it("is good enough for a network that comes with smxc", async () => {
    const { spec, weights } = await importStore(await openFixture("models", "nsr-x3", "checkpoint.pt"));
    const photograph = probeOf(await readImage(fixture("photographs", "x3", "coffee.png"), () => {}));
    const [half, full] = await Promise.all(
      (["float16", "float32"] as const).map(async (dtype) => {
        const { model } = compile(spec, weights, { target: "webgpu", dtype });
        const network = await load({ graph: await collect(encodeModel(model).model) }, { threads: 1 });
        const { image } = await network.restore(photograph);
        await network.release();
        return image;
      }),
    );
    expect(half).not.toEqual(full);
    expect(isGoodEnough(half!, full!)).toBe(true);
  });
  it("is tried on the middle of a picture", () => {
    const wide = { ...flat(3, 0), width: 300, height: 1, channels: 1 } as const;
    expect(probeOf(wide)).toMatchObject({ width: 96, height: 1 });
  });
});

describe("what routers chose", () => {
  it("gives a patch the colour of the expert that it uses more than the picture does", () => {
    const shares = [0.5, 0.5, 0.2, 0.8, 0.5, 0.5];
    const colours = patchColours({ experts: 2, shares });
    expect(colours.map(({ expert }) => expert)).toEqual([0, 1, 0]);
    expect(colours.map(({ strength }) => Number(strength.toFixed(6)))).toEqual([0.5, 1, 0.5]);
    expect(patchColours({ experts: 2, shares: [0.5, 0.5] })).toEqual([{ expert: 0, strength: 0 }]);
  });

  it("is told in one sentence without a symbol", () => {
    const beta = { name: "beta.a", experts: 2, cardinals: 1, samples: 1, mean: [[0.5], [0.5]] };
    const same = { ...beta, least: [[0.5], [0.5]], most: [[0.5], [0.5]] };
    const other = { ...beta, samples: 9, least: [[0.2], [0.5]], most: [[0.5], [0.8]] };
    for (const betas of [[], [same], [{ ...same, samples: 9 }], [other]]) {
      const text = routersSentence(betas);
      expect(text).toMatch(/^[A-Z][^.]*\.$/);
      expect(text).not.toContain("β");
    }
    expect(routersSentence([other])).toContain("9 patches, with shares that differ by up to 30 %");
  });
});

describe("a zip archive of results", () => {
  it("holds the files as they are", async () => {
    const files = ["größer.png", "b.png"].map((name) => ({ name, blob: new Blob([`content of ${name}`]) }));
    const source = bytesSource("all.zip", new Uint8Array(await (await zipOf(files)).arrayBuffer()));
    const archive = openArchive(source, await readDirectory(source));
    expect([...archive.entries.keys()]).toEqual(["größer.png", "b.png"]);
    for (const [name, entry] of archive.entries) {
      const content = await archive.read(entry, 0, entry.size);
      expect(new TextDecoder().decode(content)).toBe(`content of ${name}`);
    }
  });

  it("has no name twice", () => {
    expect(distinctNames(["a.png", "A.png", "a-2.png", "a"])).toEqual(["a.png", "A-2.png", "a-2-2.png", "a"]);
  });
});
