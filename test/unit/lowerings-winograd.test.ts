import { describe, expect, it, test } from "vitest";
import { chooseForms, chunkFor } from "../../src/lowerings/winograd/choose-form.js";
import { cookToom } from "../../src/lowerings/winograd/cook-toom.js";
import { costKey, type LayerProblem } from "../../src/lowerings/winograd/cost.js";
import { FORMS } from "../../src/lowerings/winograd/forms.js";
import { lazily, remembered } from "../../src/lowerings/winograd/lazily.js";
import { rational } from "../../src/lowerings/winograd/rational.js";
import { cellsPerStrip, stripCount } from "../../src/lowerings/winograd/strip-count.js";

describe("Cook–Toom", () => {
  // With whole numbers as points all of A and B is exact, and G needs a division by a power of two at most.
  it.each([
    [2, 3, [0, 1, -1]],
    [4, 3, [0, 1, -1, 2, -2]],
    [3, 2, [0, 1, -1]],
  ] as const)(
    "F(%i,%i): products at the points are the correlation, for every pair of unit vectors",
    (m, r, points) => {
      const { at, g, bt, n } = cookToom(
        m,
        r,
        points.map((point) => rational(point)),
      );
      expect(n).toBe(m + r - 1);
      for (let tap = 0; tap < r; tap++) {
        for (let input = 0; input < n; input++) {
          for (let output = 0; output < m; output++) {
            const sum = at[output]!.reduce((total, a, p) => total + a * g[p]![tap]! * bt[p]![input]!, 0);
            expect(sum).toBeCloseTo(input === output + tap ? 1 : 0, 12);
          }
        }
      }
    },
  );

  it("takes as many points as the form needs", () => {
    expect(() => cookToom(4, 3, [rational(0)])).toThrow(/5 finite points/);
  });

  it.each(FORMS)("the matrices of $name undo each other", ({ rows, columns }) => {
    for (const { m, n, at, g, bt } of [rows, columns]) {
      expect(n).toBe(m + 2);
      for (let tap = 0; tap < 3; tap++) {
        for (let input = 0; input < n; input++) {
          const first = at[0]!.reduce((total, a, p) => total + a * g[p]![tap]! * bt[p]![input]!, 0);
          expect(first).toBeCloseTo(input === tap ? 1 : 0, 10);
        }
      }
    }
  });
});

describe("strips", () => {
  it("small pictures are not cut", () => {
    expect(stripCount(8, 8, 128)).toBe(1);
    expect(stripCount(1, 1, 128)).toBe(1);
  });

  it("cover all rows of cells, with about as many tiles each as wanted", () => {
    for (let rows = 1; rows <= 200; rows += 7) {
      const strips = stripCount(rows, 32, 128);
      const each = Math.ceil(rows / strips);
      expect(strips * each).toBeGreaterThanOrEqual(rows);
      // Little of it is padding.
      expect(strips * each).toBeLessThan(rows * 1.25 + 1);
      expect(each * 32).toBeLessThanOrEqual(4 * 128);
    }
  });

  it("hold fewer cells the more channels there are, never too few", () => {
    expect(cellsPerStrip(64)).toBe(128);
    expect(cellsPerStrip(128)).toBe(64);
    expect(cellsPerStrip(1024)).toBe(64);
  });
});

const layer = (channels: number, size: LayerProblem["height"], experts = 4): LayerProblem => ({
  channels,
  out: channels,
  height: size,
  width: size,
  experts,
});

describe("the choice", () => {
  const auto = { target: "cpu", lowering: "auto" } as const;
  const name = (problem: LayerProblem, options: Parameters<typeof chooseForms>[1] = auto) =>
    chooseForms([problem], options)[0]!.form?.name;

  it("many channels run in the points, few directly", () => {
    expect(name(layer(128, 48))).toBeDefined();
    expect(name(layer(256, 48, 0))).toBeDefined();
    expect(name(layer(32, 48, 0))).toBeUndefined();
    expect(name(layer(3, 48, 0))).toBeUndefined();
  });

  it("on WASM, where there is nothing faster, 32 channels do too", () => {
    expect(name(layer(32, 48), { ...auto, target: "wasm" })).toBeDefined();
  });

  it("one form for all layers of a size", () => {
    const forms = chooseForms([layer(64, 48), layer(128, 48)], auto).map((choice) => choice.candidate.name);
    expect(new Set(forms).size).toBe(1);
  });

  it("a named form is taken by every layer that has the channels for it", () => {
    const options = { ...auto, lowering: "winograd-f4x4" };
    expect(name(layer(32, 48), options)).toBe("f4x4");
    expect(name(layer(3, 48, 0), options)).toBeUndefined();
  });

  it("measurements stand above the model", () => {
    const problem = layer(256, 48);
    const measured = new Map([[costKey(problem, undefined, auto), 1]]);
    expect(name(problem, { ...auto, measured })).toBeUndefined();
    expect(chooseForms([problem], { ...auto, measured })[0]!.direct).toEqual({ ns: 1, measured: true });
  });

  it("with several threads only layers that gain on every kind of machine leave the direct convolution", () => {
    const several = { ...auto, threads: 2 };
    expect(name(layer(64, 128, 0))).toBeDefined();
    expect(name(layer(64, 128, 0), several)).toBeUndefined();
    expect(name(layer(64, 128, 0), { ...auto, threads: 8 })).toBeUndefined();
    expect(name(layer(256, 96), several)).toBeDefined();
  });

  it("only large layers are worked on in chunks", () => {
    expect(chunkFor(layer(64, 48))).toBe(0);
    expect(chunkFor(layer(128, 48))).toBe(2);
    for (const { columns } of FORMS) expect(columns.n % 2).toBe(0);
  });
});

test("nothing is made before it is read, and nothing twice", () => {
  const made: string[] = [];
  const object = lazily<{ readonly a: number; readonly b: number }>({
    a: () => made.push("a"),
    b: () => made.push("b"),
  });
  expect(made).toEqual([]);
  expect([object.b, object.b]).toEqual([1, 1]);
  expect(made).toEqual(["b"]);
  const square = remembered((n: number) => ({ square: n * n }));
  expect(square(3)).toBe(square(3));
  expect(square(4)).not.toBe(square(3));
});
