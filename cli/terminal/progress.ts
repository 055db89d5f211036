/** A bar on the last line of a terminal, for work that takes longer than a moment. */
import { printable } from "../../src/base/text/printable.js";

/** Work shorter than this shows nothing. */
const QUIET_MS = 1000;
const REDRAW_MS = 100;
const BAR_CELLS = 24;
const ERASE_LINE = "\r\u001b[K";

export interface Progress {
  /** @param done how much of the total is done, in the unit of the total */
  update(done: number): void;
  /** Takes the bar away. Safe to call twice. */
  end(): void;
}

/** The terminal line that a bar is drawn on: other text must erase it first. */
export interface StickyLine {
  start(label: string, total: number): Progress;
  /** Removes a bar that is in the way; the next update draws it again. */
  clear(): void;
}

export interface ProgressTerminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const SILENT: StickyLine = { start: () => ({ update() {}, end() {} }), clear() {} };

/** @param now milliseconds from any origin */
export function createStickyLine(terminal: ProgressTerminal, enabled: boolean, now: () => number): StickyLine {
  if (!enabled || terminal.isTTY !== true) return SILENT;
  let shown = false;
  const clear = () => {
    if (shown) terminal.write(ERASE_LINE);
    shown = false;
  };
  return {
    clear,
    start(label, total) {
      const began = now();
      let drawn = began + QUIET_MS - REDRAW_MS;
      return {
        update(done) {
          const time = now();
          if (time - drawn < REDRAW_MS) return;
          drawn = time;
          const line = progressLine(label, done, total, time - began).slice(0, (terminal.columns ?? 80) - 1);
          terminal.write(`${ERASE_LINE}${line}`);
          shown = true;
        },
        end: clear,
      };
    },
  };
}

/** `compile [████████████            ]  50 %  12 s left` */
export function progressLine(label: string, done: number, total: number, elapsedMs: number): string {
  const fraction = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const filled = Math.round(fraction * BAR_CELLS);
  const bar = "█".repeat(filled).padEnd(BAR_CELLS);
  const percent = String(Math.floor(fraction * 100)).padStart(3);
  const left = fraction > 0 ? `  ${duration((elapsedMs / fraction) * (1 - fraction))} left` : "";
  return `${printable(label)} [${bar}] ${percent} %${left}`;
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
