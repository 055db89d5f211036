/** Which pictures are pairs, by their names and by their sizes. */
import { describe, expect, test } from "vitest";
import { pairFinder } from "../../cli/commands/eval/pair-names.js";
import { misfitOf } from "../../src/eval/pair-sizes.js";

describe("names of data sets", () => {
  test.each([
    ["baby", "baby", "baby"],
    ["0801x2", "0801", "0801"],
    ["0801x4m", "0801", "0801"],
    ["0801x8", "0801", "0801"],
    ["img_001_SRF_2_LR", "img_001_SRF_2_HR", "img_001"],
    ["img_001_SRF_3_LR", "img_001", "img_001"],
    ["baby_LRBI_x2", "baby_HR_x2", "baby"],
    ["baby_LRBD_x3", "baby_HR_x3", "baby"],
    ["baby_LRBI_x2", "baby", "baby"],
    ["baby_bicLRx4", "baby", "baby"],
    ["Canon_001_LR4", "Canon_001_HR", "Canon_001"],
    ["baby_lr", "baby_hr", "baby"],
    ["LR_baby", "HR_baby", "baby"],
    ["baby-x2", "baby-x2", "baby-x2"],
    ["__proto__x2", "__proto__", "__proto__"],
  ])("%s belongs to %s", (input, truth, name) => {
    expect(pairFinder(["other", truth, "baby2"])(input)).toEqual({ name, truth });
  });

  test("the same name comes first, and there may be no partner", () => {
    const find = pairFinder(["ax2", "a", "a_HR", "b_HR"]);
    expect(find("ax2")).toEqual({ name: "ax2", truth: "ax2" });
    expect(find("ax3")).toEqual({ name: "a", truth: "a" });
    expect(find("c")).toBeUndefined();
    expect(find("b")).toEqual({ name: "b", truth: "b_HR" });
  });
});

describe("sizes", () => {
  const size = (width: number, height: number) => ({ width, height });
  test.each([
    ["exact", size(10, 7), size(20, 14), 2, undefined],
    ["rounded down", size(10, 7), size(21, 15), 2, undefined],
    ["rounded up", size(11, 8), size(21, 15), 2, undefined],
    ["too much left", size(10, 7), size(22, 14), 2, { kind: "other" }],
    ["swapped", size(40, 28), size(20, 14), 2, { kind: "swapped", factor: 2 }],
    ["not enlarged", size(40, 28), size(40, 28), 2, { kind: "scale", factor: 1 }],
    ["of scale 4", size(10, 7), size(40, 28), 2, { kind: "scale", factor: 4 }],
    ["of scale 1", size(10, 7), size(20, 14), 1, { kind: "scale", factor: 2 }],
    ["another picture", size(10, 7), size(30, 14), 2, { kind: "other" }],
  ])("%s", (_, input, truth, scale, misfit) => {
    expect(misfitOf(input, truth, scale)).toEqual(misfit);
  });
});
