/** Which blocks of smxc's code ran, as V8 counts them. */
import { Session } from "node:inspector";

const OWN = /\/dist\/(src|cli)\//;

export class Coverage {
  session = new Session();
  seen = new Set();

  constructor() {
    this.session.connect();
    this.post("Profiler.enable");
    this.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** How many functions ran in a way that none had since the start: a way is which of its blocks ran. */
  added() {
    const before = this.seen.size;
    for (const { url, functions } of this.post("Profiler.takePreciseCoverage").result) {
      if (!OWN.test(url)) continue;
      for (const { ranges } of functions) {
        const [{ startOffset, count }] = ranges;
        if (count === 0) continue;
        const skipped = ranges.filter((range) => range.count === 0).map((range) => range.startOffset);
        this.seen.add(`${url} ${startOffset} ${skipped.join()}`);
      }
    }
    return this.seen.size - before;
  }

  post(method, parameters) {
    let answer;
    this.session.post(method, parameters, (cause, result) => {
      if (cause) throw cause;
      answer = result;
    });
    return answer;
  }
}
