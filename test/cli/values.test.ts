import { describe, expect, test } from "vitest";
import {
  graphDimension,
  integerFrom,
  integerOr,
  keyValue,
  numberFrom,
  positiveInteger,
  shape,
} from "../../cli/flags/values.js";

const CASES: readonly [
  name: string,
  parse: (text: string) => unknown,
  good: readonly (readonly [string, unknown])[],
  bad: readonly string[],
][] = [
  [
    "positiveInteger",
    positiveInteger,
    [
      ["1", 1],
      ["2147483647", 2 ** 31 - 1],
    ],
    ["0", "-1", "1.0", "1e3", "0x10", "", " 1", "2147483648", "99999999999999999999", "NaN", "one"],
  ],
  ["integerFrom", integerFrom(17, 21), [["17", 17]], ["16", "22"]],
  [
    "numberFrom",
    numberFrom(0),
    [
      ["0", 0],
      [".5", 0.5],
      ["1e-5", 1e-5],
    ],
    ["-1", "1e999", "Infinity", "NaN", "", "0x1", "1,5", "-.1"],
  ],
  [
    "graphDimension",
    graphDimension,
    [
      ["dynamic", "dynamic"],
      ["48", 48],
    ],
    ["Dynamic", "0", "N", ""],
  ],
  [
    "integerOr",
    integerOr("auto", "off"),
    [
      ["auto", "auto"],
      ["64", 64],
    ],
    ["on", "0"],
  ],
  [
    "shape",
    shape,
    [
      ["1x3x48x64", [1, 3, 48, 64]],
      ["5", [5]],
    ],
    ["", "1x", "1x0", "1X3", "1,3", "-1x3", "1x3x4294967296", "1x1x1x1x1x1x1x1x1"],
  ],
  [
    "keyValue",
    keyValue,
    [
      ["mean=0.5", ["mean", "0.5"]],
      ["a=b=c", ["a", "b=c"]],
      ["__proto__=", ["__proto__", ""]],
    ],
    ["mean", "=0.5", ""],
  ],
];

describe.each(CASES)("%s", (_name, parse, good, bad) => {
  test.each(good)("reads %j", (text, value) => expect(parse(text)).toEqual(value));
  test.each(bad)("refuses %j", (text) => expect(() => parse(text)).toThrow(/^(Expected|A )/));
});
