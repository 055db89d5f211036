/** The thread of `ticker.ts`. */
import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { ERASE_LINE, fitted, QUIET_MS } from "./progress.js";
import { type ProgressSubject, progressJson, progressLine } from "./progress-text.js";
import { drawnOf, flagOf, locked, setDrawn, setFlag, sharedNow, stateOf, type TickerSetup } from "./ticker-memory.js";

/** So long after the last drawing of either thread the next is due. */
const TICK_MS = { bar: 200, json: 1000 } as const;
const STANDARD_ERROR = 2;

const { memory, form, columns } = workerData as TickerSetup;
let subject: ProgressSubject | undefined;

parentPort?.on("message", (sent: ProgressSubject) => {
  subject = sent;
});

function tick(): void {
  if (subject === undefined || !flagOf(memory, "active")) return;
  const state = stateOf(memory);
  const now = sharedNow();
  if (now - drawnOf(memory) < TICK_MS[form]) return;
  if (form === "bar" && now - state.began < QUIET_MS) return;
  try {
    const text =
      form === "json"
        ? `${progressJson(subject, state, now)}\n`
        : `${ERASE_LINE}${fitted(progressLine(subject, state, now), columns)}`;
    writeSync(STANDARD_ERROR, text);
    setFlag(memory, "shown", form === "bar");
    setDrawn(memory, now);
  } catch {
    // Who reads is slow, or gone: the next time, or never.
  }
}

setInterval(() => locked(memory, tick), TICK_MS.bar / 2);
