/** Architectures are told by names, as data. */
import { describe, expect, it } from "vitest";
import { findArchitectures } from "../../src/frontends/checkpoints/architecture.js";
import type { Importer } from "../../src/frontends/checkpoints/importer.js";
import { fits, landmarkOf, missingOf, type Signature } from "../../src/frontends/checkpoints/signature.js";

const SIGNATURE: Signature = { all: ["body.*.conv1.weight", "tail.weight"], none: ["head.weight"] };

describe("a signature", () => {
  it("wants each of its names, with a whole number for a star", () => {
    expect(fits(SIGNATURE, ["body.12.conv1.weight", "tail.weight"])).toBe(true);
    expect(fits(SIGNATURE, ["body.x.conv1.weight", "tail.weight"])).toBe(false);
    expect(fits(SIGNATURE, ["body.0.conv1.weight.g", "tail.weight"])).toBe(false);
    expect(missingOf(SIGNATURE, ["body.0.conv1.weight", "tailxweight"])).toEqual(["tail.weight"]);
  });

  it("wants none of a relative's", () => {
    expect(fits(SIGNATURE, ["body.0.conv1.weight", "tail.weight", "head.weight"])).toBe(false);
  });

  it("is found behind a prefix by its first name", () => {
    const landmark = landmarkOf([SIGNATURE]);
    expect(landmark.exec("net.g.body.3.conv1.weight")?.index).toBe(5);
    expect(landmark.test("netbody.3.conv1.weight")).toBe(false);
  });
});

const importer = (name: string, signatures: readonly Signature[], more: Partial<Importer> = {}): Importer =>
  ({ name, description: name, covers: "network", keys: {}, signatures, read: () => never(), ...more }) as Importer;
const never = (): never => {
  throw new Error("not read");
};
const shapes = (...names: readonly string[]) => new Map(names.map((name) => [name, { shape: [1] }]));
const NAMES = ["net.body.0.conv1.weight", "net.tail.weight"];

describe("an importer with signatures", () => {
  it.each([
    ["the first naming", [SIGNATURE]],
    ["another naming", [{ all: ["trunk.*.weight"] } as const, SIGNATURE]],
  ])("is found under a prefix by %s", (_, signatures) => {
    const found = findArchitectures(shapes(...NAMES), [importer("a", signatures)]);
    expect(found).toMatchObject([{ importer: { name: "a" }, prefix: "net." }]);
  });

  it("may ask the shapes too", () => {
    const shapesFit = (is: boolean) => [importer("a", [SIGNATURE], { shapesFit: () => is })];
    expect(findArchitectures(shapes(...NAMES), shapesFit(true))).toHaveLength(1);
    expect(findArchitectures(shapes(...NAMES), shapesFit(false))).toEqual([]);
  });

  it("is not found where a name is missing, or of a relative", () => {
    expect(findArchitectures(shapes(NAMES[0]!), [importer("a", [SIGNATURE])])).toEqual([]);
    expect(findArchitectures(shapes(...NAMES, "net.head.weight"), [importer("a", [SIGNATURE])])).toEqual([]);
  });
});
