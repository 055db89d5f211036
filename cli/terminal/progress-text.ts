/** Progress as a person and as a program reads it. */
import { printable } from "../../src/base/text/printable.js";
import { doneBy, fractionBy, type ProgressState, secondsLeft } from "./progress-state.js";
import { scaled } from "./scaled.js";

/** What the total of some work amounts to, for its rate. */
export interface Amount {
  /** One of them, as in "picture". */
  readonly unit: string;
  readonly count: number;
}

export interface ProgressSubject {
  readonly label: string;
  readonly amount?: Amount | undefined;
}

const BAR_CELLS = 24;
/** More than this in a second is written with prefixes. */
const MANY = 1000;

/** `restoring [████████████            ]  50 %  6/12  2.1 pictures/s  3 s left` */
export function progressLine({ label, amount }: ProgressSubject, state: ProgressState, now: number): string {
  const fraction = fractionBy(state, now);
  const filled = Math.round(fraction * BAR_CELLS);
  const bar = "█".repeat(filled).padEnd(BAR_CELLS);
  const percent = String(Math.floor(fraction * 100)).padStart(3);
  const left = secondsLeft(state, now);
  const parts = [
    `${printable(label)} [${bar}] ${percent} %`,
    ...(state.total > 1 && Number.isInteger(state.total) && amount?.count === state.total && amount.count < MANY ** 2
      ? [`${Math.floor(state.done)}/${state.total}`]
      : []),
    ...(amount === undefined || fraction === 0
      ? []
      : [rateText(amount, (1000 * fraction * amount.count) / (now - state.began))]),
    left === undefined ? `${duration((now - state.began) / 1000)} so far` : `${duration(left)} left`,
  ];
  return parts.join("  ");
}

/** `{"done":6,"total":12,"seconds":2.9,"secondsLeft":2.9,"what":"restoring"}`; `secondsLeft` is null while nothing is done. */
export function progressJson({ label }: ProgressSubject, state: ProgressState, now: number): string {
  const left = secondsLeft(state, now);
  return JSON.stringify({
    done: rounded(Math.min(state.total, doneBy(state, now)), 4),
    total: state.total,
    seconds: rounded((now - state.began) / 1000, 2),
    secondsLeft: left === undefined ? null : rounded(left, 2),
    what: label,
  });
}

function rateText({ unit }: Amount, perSecond: number): string {
  if (!(perSecond > 0) || !Number.isFinite(perSecond)) return "";
  if (perSecond < 1) return `${(1 / perSecond).toPrecision(2)} s/${unit}`;
  const plural = unit === "B" ? unit : `${unit}s`;
  return perSecond < MANY ? `${perSecond.toPrecision(2)} ${plural}/s` : `${scaled(Math.round(perSecond), plural)}/s`;
}

export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
