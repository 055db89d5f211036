import { describe, expect, it } from "vitest";
import { planCores, withJobs } from "../../src/sessions/cores.js";

describe("how cores are shared out", () => {
  it("parts go to as many workers as there are cores, a picture by itself has all cores as threads", () => {
    expect(planCores({}, 8)).toEqual({ parts: { jobs: 8, threads: 1 }, alone: { jobs: 1, threads: 8 } });
  });

  it("many pictures are parts of the work", () => {
    const { parts, alone } = planCores({}, 8, true);
    expect(alone).toBe(parts);
    expect(parts).toEqual({ jobs: 8, threads: 1 });
  });

  it("what is told holds for both, and threads share the cores with workers", () => {
    expect(planCores({ threads: 3 }, 8)).toEqual({ parts: { jobs: 2, threads: 3 }, alone: { jobs: 2, threads: 3 } });
    expect(planCores({ threads: 16 }, 8).parts).toEqual({ jobs: 1, threads: 16 });
    expect(planCores({ jobs: 3, threads: 2 }, 8).parts).toEqual({ jobs: 3, threads: 2 });
  });

  it("threads, for which graphs are compiled, do not depend on the number of workers", () => {
    for (const areMany of [false, true])
      for (const use of ["parts", "alone"] as const) {
        const threads = [1, 2, 3].map((jobs) => planCores({ jobs }, 8, areMany)[use].threads);
        expect(new Set(threads).size).toBe(1);
      }
  });

  it("the number of runs that is reckoned with may be another machine's", () => {
    const alone = withJobs(planCores({}, 8), 3);
    expect(alone).toEqual({ parts: { jobs: 3, threads: 1 }, alone: { jobs: 1, threads: 8 } });
    const many = withJobs(planCores({ threads: 2 }, 8, true), 3);
    expect(many.parts).toEqual({ jobs: 3, threads: 2 });
    expect(many.alone).toBe(many.parts);
  });
});
