import { describe, expect, it } from "vitest";
import { normalisePath } from "../../src/onnx/check/external-path.js";

/** Expected by `std::filesystem::path(p).lexically_normal()` of libstdc++ 12. */
const cases: readonly (readonly [string, string])[] = [
  ["", ""],
  [".", "."],
  ["./", "."],
  ["w.bin", "w.bin"],
  ["./w.bin", "w.bin"],
  ["a//w.bin", "a/w.bin"],
  ["a/./w.bin", "a/w.bin"],
  ["a/../w.bin", "w.bin"],
  ["a/..", "."],
  ["a/b/..", "a/"],
  ["a/", "a/"],
  ["..", ".."],
  ["a/../../x", "../x"],
  ["../", ".."],
  ["/", "/"],
  ["/..", "/"],
  ["/a/../..", "/"],
  ["//etc", "/etc"],
  ["...", "..."],
];

describe("normalisePath", () => {
  it.each(cases)("%j becomes %j", (path, expected) => {
    expect(normalisePath(path)).toBe(expected);
  });
});
