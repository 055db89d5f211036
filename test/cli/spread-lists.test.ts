/** Values that follow a repeatable option without repeating it. */
import { expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { spreadLists } from "../../cli/flags/spread-lists.js";

const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
const spread = (line: string): string => spreadLists(line.split(" "), commands).join(" ");

it.each([
  ["verify a.json b.onnx --shape 1x3x8x8 2x3x9x9", "verify a.json b.onnx --shape 1x3x8x8 --shape 2x3x9x9"],
  ["verify --shape 1x3x8x8 2x3x9x9 a.json b.onnx", "verify --shape 1x3x8x8 --shape 2x3x9x9 a.json b.onnx"],
  [
    "--json import a.pt --set mean=0.4 patch=32 frames=3 -o a.json",
    "--json import a.pt --set mean=0.4 --set patch=32 --set frames=3 -o a.json",
  ],
  [
    "compile a.json --fold-layers body.1.* body.2.* --image a.png b.png -o x",
    "compile a.json --fold-layers body.1.* --fold-layers body.2.* --image a.png --image b.png -o x",
  ],
])("%s", (given, meant) => {
  expect(spread(given)).toBe(meant);
  expect(spread(meant)).toBe(meant);
});

it.each([
  ["the command's argument", "compile --image a.png a.json -o x"],
  ["the value of an option that takes one", "compile a.json b.json --opset 17 -o x --image a.png"],
  ["more values than lists can take, which is a usage error", "compile a.json b.json --image a.png b.png"],
  ["what follows --", "compile a.json --image a.png -- b.png"],
  ["a command of many files", "check a.onnx b.onnx c.onnx"],
  ["an unknown command", "compiel a b c"],
  ["an option that takes all that follow", "eval a.json --pairs lr hr"],
])("leaves %s", (_, line) => {
  expect(spread(line)).toBe(line);
});
