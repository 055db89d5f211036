/** A thread that draws progress while the program's own is at work that does not let it: a run of a graph, or a compile. */
import { Worker } from "node:worker_threads";
import type { ProgressForm, Ticker } from "./progress.js";
import type { ProgressSubject } from "./progress-text.js";
import { locked, newMemory, setDrawn, setFlag, setState, sharedNow, type TickerSetup } from "./ticker-memory.js";

/** Draws on standard error. Times are those of `sharedNow`. */
export function openTicker(form: ProgressForm, columns: number): Ticker {
  const memory = newMemory();
  const setup: TickerSetup = { memory, form, columns };
  const worker = new Worker(new URL("./ticker-worker.js", import.meta.url), { workerData: setup });
  // The program ends when its own work does, and does not fail for want of a bar.
  worker.unref();
  worker.on("error", () => {});
  let sent: ProgressSubject | undefined;
  let alone = false;
  return {
    alone(work) {
      if (alone) return work();
      alone = true;
      try {
        return locked(memory, work);
      } finally {
        alone = false;
      }
    },
    show(drawing) {
      if (drawing === undefined) {
        setFlag(memory, "active", false);
        return;
      }
      if (drawing.subject !== sent) worker.postMessage(drawing.subject);
      sent = drawing.subject;
      locked(memory, () => setState(memory, drawing.state));
      setFlag(memory, "active", true);
    },
    drawn() {
      setDrawn(memory, sharedNow());
      setFlag(memory, "shown", false);
    },
    takeShown: () => setFlag(memory, "shown", false),
  };
}
