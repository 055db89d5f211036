import { expect, test } from "vitest";
import { createStickyLine, progressLine } from "../../cli/terminal/progress.js";

function terminal(isTTY = true) {
  const written: string[] = [];
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) };
}

test("short work shows nothing, long work a bar with the time left, and the bar goes away", () => {
  const screen = terminal();
  let now = 0;
  const bar = createStickyLine(screen, true, () => now).start("compile", 100);
  now = 900;
  bar.update(10);
  expect(screen.written).toEqual([]);
  now = 2000;
  bar.update(50);
  expect(screen.written).toEqual([`\r\u001b[Kcompile [${"█".repeat(12)}${" ".repeat(12)}]  50 %  2 s left`]);
  bar.end();
  bar.end();
  expect(screen.written.slice(1)).toEqual(["\r\u001b[K"]);
});

test("a bar is redrawn ten times a second at most", () => {
  const screen = terminal();
  let now = 0;
  const bar = createStickyLine(screen, true, () => now).start("compile", 1000);
  for (now = 1000; now < 2000; now += 1) bar.update(now - 1000);
  expect(screen.written).toHaveLength(10);
});

test("nothing is drawn where there is no terminal, or when it is not wanted", () => {
  for (const [screen, enabled] of [
    [terminal(false), true],
    [terminal(true), false],
  ] as const) {
    let now = 0;
    const bar = createStickyLine(screen, enabled, () => now).start("compile", 2);
    now = 5000;
    bar.update(1);
    bar.end();
    expect(screen.written).toEqual([]);
  }
});

test("a line never wraps", () => {
  const screen = terminal();
  let now = 0;
  const bar = createStickyLine(screen, true, () => now).start("a".repeat(100), 2);
  now = 5000;
  bar.update(1);
  expect(screen.written[0]!.replace("\r\u001b[K", "")).toHaveLength(59);
});

test.each([
  [0, 0, "0 %"],
  [1, 4, " 25 %  3 s left"],
  [4, 4, "100 %  0 s left"],
  [9, 4, "100 %  0 s left"],
])("%i of %i is %s", (done, total, text) => {
  expect(progressLine("x", done, total, 1000)).toContain(text);
});

test("minutes are told as minutes", () => {
  expect(progressLine("x", 1, 100, 1000)).toContain("1 min 39 s left");
});
