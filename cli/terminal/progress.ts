/** Signs of life of work that takes longer than a moment: a bar on the last line of a terminal, or lines of JSON. */
import { advanced, type ProgressState } from "./progress-state.js";
import { type ProgressSubject, progressJson, progressLine } from "./progress-text.js";

/** Work shorter than this shows no bar. */
export const QUIET_MS = 1000;
/** A bar is drawn, and a line of JSON written, no more often than this. */
export const REDRAW_MS = { bar: 100, json: 250 } as const;
export const ERASE_LINE = "\r\u001b[K";

export interface Progress {
  /** @param done how much of the total is done, in the unit of the total */
  update(done: number): void;
  /** Says that a step begins which reports nothing: `done` is expected to be `to` in so many seconds. */
  expect(to: number, seconds: number): void;
  /** What the total amounts to, for the rate. */
  amount(count: number, unit: string): void;
  /** Takes the bar away. Safe to call twice. */
  end(): void;
}

export interface ProgressView {
  /** @param unit one of what `total` counts, as in "picture" */
  start(label: string, total: number, unit?: string): Progress;
  /** Removes a bar that is in the way, and lets nothing be drawn while text is written; the next update draws it again. */
  aside<T>(write: () => T): T;
}

export interface ProgressTerminal {
  readonly columns?: number;
  write(text: string): unknown;
}

export type ProgressForm = "bar" | "json";

/** Draws while the program's own thread is at work that does not let it. */
export interface Ticker {
  /** What is drawn from now on, `undefined` for nothing. */
  show(drawing: { readonly subject: ProgressSubject; readonly state: ProgressState } | undefined): void;
  /** While it runs, the ticker draws nothing. */
  alone<T>(work: () => T): T;
  /** Says that something was drawn just now. */
  drawn(): void;
  /** Whether the ticker's bar stands on the terminal; from then on it does not. */
  takeShown(): boolean;
}

const NO_TICKER: Ticker = { show() {}, alone: (work) => work(), drawn() {}, takeShown: () => false };

export const SILENT: ProgressView = {
  start: () => ({ update() {}, expect() {}, amount() {}, end() {} }),
  aside: (write) => write(),
};

/**
 * @param now milliseconds from any origin, the ticker's too
 * @param openTicker called when the first work begins
 */
export function createProgressView(
  terminal: ProgressTerminal,
  form: ProgressForm,
  now: () => number,
  openTicker: () => Ticker = () => NO_TICKER,
): ProgressView {
  let ticker: Ticker | undefined;
  let shown = false;
  const clear = (): void => {
    if ((ticker?.takeShown() ?? false) || shown) terminal.write(ERASE_LINE);
    shown = false;
  };
  const aside = <T>(write: () => T): T =>
    (ticker ?? NO_TICKER).alone(() => {
      clear();
      return write();
    });
  return {
    aside,
    start(label, total, unit) {
      ticker ??= openTicker();
      const { alone, show, drawn: onDrawn } = ticker;
      const began = now();
      let subject: ProgressSubject = { label, amount: unit === undefined ? undefined : { unit, count: total } };
      let state: ProgressState = { began, done: 0, total };
      let drawn = form === "bar" ? began + QUIET_MS - REDRAW_MS.bar : Number.NEGATIVE_INFINITY;
      let ended = false;
      const draw = (time: number): void =>
        alone(() => {
          if (form === "json") terminal.write(`${progressJson(subject, state, time)}\n`);
          else terminal.write(`${ERASE_LINE}${fitted(progressLine(subject, state, time), terminal.columns)}`);
          shown = form === "bar";
          drawn = time;
          onDrawn();
        });
      const change = (next: ProgressState): void => {
        state = next;
        show({ subject, state });
        const time = now();
        if (time - drawn >= REDRAW_MS[form]) draw(time);
      };
      change(state);
      return {
        update: (done) => change(advanced(state, done, now())),
        expect: (to, seconds) => change({ ...state, step: { began: now(), from: state.done, to, seconds } }),
        amount: (count, unit) => {
          subject = { label, amount: { count, unit } };
        },
        end() {
          if (ended) return;
          ended = true;
          show(undefined);
          state = { ...state, step: undefined };
          if (form === "json") draw(now());
          else aside(() => {});
        },
      };
    },
  };
}

/** A line that wraps could not be erased. Terminals that do not know their width say none, or 0. */
export function fitted(line: string, columns: number | undefined): string {
  return line.slice(0, (columns || 80) - 1);
}
