import { expect, it } from "vitest";
import { createOutput, type OutputStream } from "../../cli/terminal/output.js";
import { table } from "../../cli/terminal/table.js";
import { warning } from "../../src/base/diagnostics.js";
import { linesText, styled } from "../../src/base/text/lines.js";
import { Markup, markupBy } from "../../src/base/text/markup.js";
import { printable, printableJson, printableLine } from "../../src/base/text/printable.js";

it.each([
  ["C0", "\u001b[31m", "\\u001b[31m"],
  ["DEL and C1", "\u007f\u0085\u009b", "\\u007f\\u0085\\u009b"],
  ["line ends", "a\r\nb\u2028c\u2029", "a\\u000d\\u000ab\\u2028c\\u2029"],
  ["directions", "\u061c\u200e\u200f\u202a\u202e\u2066\u2069", "\\u061c\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069"],
  ["what has no width", "\u200b\u200d\u2060\ufeff\u00ad", "\\u200b\\u200d\\u2060\\ufeff\\u00ad"],
  ["tags", "\u{e0041}", "\\u{e0041}"],
  ["half a pair", "\ud800", "\\ud800"],
  ["commands of logs", "##[error]x ##vso[task] # ## [a]", "#\\u0023[error]x #\\u0023vso[task] # ## [a]"],
  ["nothing else", "größe 模型 😀 a::b \\", "größe 模型 😀 a::b \\"],
])("names are shown: %s", (_, name, shown) => {
  expect(printable(name)).toBe(shown);
  expect(JSON.parse(printableJson({ [name]: name }))).toEqual({ [name]: name });
  expect(printableJson([name])).not.toMatch(/[^\P{C}\n]|##[a-z]*\[/u);
});

it("a line does not begin as a command of GitHub Actions", () => {
  expect(printableLine("::error::x")).toBe("\\u003a:error::x");
  expect(printableLine("  ::error::x")).toBe("  \\u003a:error::x");
  expect(linesText([[styled("strong", "::"), "stop"], "a::b"], (_, text) => `<${text}>`)).toBe("\\u003a:stop\na::b\n");
});

it("columns are as wide as what is seen", () => {
  expect(
    table(
      ["a", "b"],
      [
        ["\n", "x"],
        ["y", "z"],
      ],
    ),
  ).toEqual(["a       b", "\\u000a  x", "y       z"]);
});

it("a table may have more rows than a call takes arguments", () => {
  const lines = table(
    ["name", "count"],
    Array.from({ length: 200_000 }, (_, i) => [`n${i}`, i]),
  );
  expect(lines).toHaveLength(200_001);
  expect(lines.at(-1)).toBe("n199999  199,999");
});

it("markup escapes every value but markup", () => {
  const angled = markupBy((text) => text.replaceAll("<", "&lt;"));
  const inner = angled`<b>${"<"}</b>`;
  expect(angled`<a>${"<x>"}${3}${inner}${[inner, inner]}</a>`).toBeInstanceOf(Markup);
  expect(angled`<a>${"<x>"}${3}${inner}</a>`.text).toBe("<a>&lt;x>3<b>&lt;</b></a>");
});

it("warnings that are equal but for a name are told three times, and counted when the answer comes", async () => {
  const told = { out: "", err: "" };
  const stream = (key: "out" | "err") =>
    ({
      write: (text: string, done?: () => void) => {
        told[key] += text;
        done?.();
        return true;
      },
    }) as unknown as OutputStream;
  const output = createOutput({ stdout: stream("out"), stderr: stream("err"), env: {} }, { json: false, quiet: false });
  for (let n = 0; n < 30; n++) output.report(warning("image/turned", "the picture was turned", { file: `p${n}.jpg` }));
  output.report(warning("a/b", "another"));
  expect(told.err.match(/^warning\[image/gm)).toHaveLength(3);
  await output.answer({ text: () => ["done"], json: () => ({}) });
  const rest = ["p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10"].map((name) => `${name}.jpg`).join(", ");
  expect(told.err).toContain(`warning[image/turned]: 27 more like it: ${rest} … and 19 more\n`);
  await output.answer({ text: () => ["done"], json: () => ({}) });
  expect(told.err.match(/more like it/g)).toHaveLength(1);
  expect(told.out).toBe("done\ndone\n");
});
