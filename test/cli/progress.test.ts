import { expect, test } from "vitest";
import { createProgressView } from "../../cli/terminal/progress.js";
import { advanced, doneBy } from "../../cli/terminal/progress-state.js";
import { progressJson, progressLine } from "../../cli/terminal/progress-text.js";

function terminal(isTTY = true) {
  const written: string[] = [];
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) };
}

test("short work shows nothing, long work a bar with the time left, and the bar goes away", () => {
  const screen = terminal();
  let now = 0;
  const bar = createProgressView(screen, "bar", () => now).start("compile", 100);
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
  const bar = createProgressView(screen, "bar", () => now).start("compile", 1000);
  for (now = 1000; now < 2000; now += 1) bar.update(now - 1000);
  expect(screen.written).toHaveLength(10);
});

test("text that is written beside a bar takes its line, and the bar comes back below", () => {
  const screen = terminal();
  let now = 0;
  const view = createProgressView(screen, "bar", () => now);
  const bar = view.start("compile", 2);
  now = 5000;
  bar.update(1);
  view.aside(() => screen.write("note\n"));
  now = 6000;
  bar.update(1);
  expect(screen.written.slice(1, 3)).toEqual(["\r\u001b[K", "note\n"]);
  expect(screen.written).toHaveLength(4);
});

test("a line never wraps", () => {
  const screen = terminal();
  let now = 0;
  const bar = createProgressView(screen, "bar", () => now).start("a".repeat(100), 2);
  now = 5000;
  bar.update(1);
  expect(screen.written[0]!.replace("\r\u001b[K", "")).toHaveLength(59);
});

const stateOf = (done: number, total: number) => ({ began: 0, done, total });

test.each([
  [0, 0, "0 %  1 s so far"],
  [1, 4, " 25 %  3 s left"],
  [4, 4, "100 %  0 s left"],
  [9, 4, "100 %  0 s left"],
])("%i of %i is %s", (done, total, text) => {
  expect(progressLine({ label: "x" }, stateOf(done, total), 1000)).toContain(text);
});

test("minutes are told as minutes, and hours as hours", () => {
  expect(progressLine({ label: "x" }, stateOf(1, 100), 1000)).toContain("1 min 39 s left");
  expect(progressLine({ label: "x" }, stateOf(1, 10_000), 1000)).toContain("2 h 46 min left");
});

test.each([
  [6, 12, { unit: "picture", count: 12 }, "6/12  3.0 pictures/s"],
  [1, 12, { unit: "picture", count: 12 }, "1/12  2.0 s/picture"],
  [0.5, 1, { unit: "pixel", count: 8e6 }, "2.00 Mpixels/s"],
  [5e8, 1e9, { unit: "B", count: 1e9 }, "250 MB/s"],
])("%i of %i: the rate", (done, total, amount, text) => {
  expect(progressLine({ label: "x", amount }, stateOf(done, total), 2000)).toContain(text);
});

test("a step that tells nothing moves by the time that is expected of it, and is never done before it is", () => {
  const state = { began: 0, done: 1, total: 2, step: { began: 0, from: 1, to: 2, seconds: 10 } };
  expect(doneBy(state, 0)).toBe(1);
  expect(doneBy(state, 5000)).toBeCloseTo(1.5);
  const late = [9000, 10_000, 12_000, 60_000, 1e9].map((now) => doneBy(state, now));
  expect(late).toEqual(late.toSorted((a, b) => a - b));
  for (const done of late) expect(done).toBeLessThan(2);
  expect(progressLine({ label: "x" }, state, 1e9)).not.toContain("100 %");
});

test("what is done of a step says how long the rest of it takes", () => {
  const state = { began: 0, done: 0, total: 1, step: { began: 0, from: 0, to: 1, seconds: 1 } };
  const next = advanced(state, 0.25, 5000);
  expect(next.step).toEqual({ began: 5000, from: 0.25, to: 1, seconds: 15 });
  expect(advanced(next, 1, 20_000).step).toBeUndefined();
});

test("lines of JSON: at the beginning, some in a second, and at the end", () => {
  const screen = terminal();
  let now = 0;
  const bar = createProgressView(screen, "json", () => now).start("restoring", 4);
  for (now = 1; now < 1000; now += 1) bar.update(now / 250);
  bar.update(4);
  bar.end();
  bar.end();
  const lines = screen.written.map((line) => JSON.parse(line));
  expect(lines[0]).toEqual({ done: 0, total: 4, seconds: 0, secondsLeft: null, what: "restoring" });
  expect(lines.at(-1)).toEqual({ done: 4, total: 4, seconds: 1, secondsLeft: 0, what: "restoring" });
  // One at the beginning, one each 250 ms, and the last.
  expect(lines).toHaveLength(6);
  expect(progressJson({ label: "x" }, stateOf(1, 4), 1000)).toContain('"secondsLeft":3');
});
