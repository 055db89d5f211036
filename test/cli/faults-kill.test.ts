/** Whatever kills a command that writes, and whenever: the outputs are whole, and the next run tidies up. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomNumbers } from "../../src/base/random.js";
import { temporaryFolder } from "../support/cli.js";
import {
  type Ended,
  layOutInputs,
  layOutOld,
  type Moment,
  oldHash,
  start,
  TEMPORARY,
  UNNAMED,
  WRITING,
  written,
} from "./faults.js";

/** Of each command; more are asked for by the environment: `SMXC_CASES=100 npx vitest run …` kills 500 times. */
const KILLS = Number(process.env.SMXC_CASES ?? 2);
const SEED = Number(process.env.SMXC_SEED ?? 1);

const folder = temporaryFolder();

beforeAll(() => layOutInputs(folder.path), 120_000);
afterAll(folder.remove);

describe.each(WRITING)("$name", (command) => {
  const { outputs } = command;
  let whole: Ended;
  let fresh: ReadonlyMap<string, string>;

  beforeAll(async () => {
    layOutOld(folder.path, command);
    whole = await start(folder.path, command);
    expect(whole.code).toBe(0);
    fresh = written(folder.path);
    expect([...fresh.keys()]).toEqual(outputs.toSorted());
  }, 120_000);

  /** Every output is the old or the new one, and those that hold another's hash are not newer than that. */
  function expectWhole(found: ReadonlyMap<string, string>): void {
    const states = outputs.map((name) => {
      if (found.get(name) === fresh.get(name)) return "new";
      expect(found.get(name), name).toBe(oldHash(name));
      return "old";
    });
    expect(states.toSorted().join(), "put in place in their order").toBe(states.join());
  }

  it(`is killed ${KILLS} times at random`, { timeout: 1e9 }, async () => {
    const next = randomNumbers(SEED);
    let killed = 0;
    for (let round = 0; round < KILLS; round++) {
      const moment: Moment =
        round % 2 === 0
          ? { after: "draft", milliseconds: 20 * next() }
          : { after: "start", milliseconds: 1.1 * whole.milliseconds * next() };
      layOutOld(folder.path, command);
      const { signal } = await start(folder.path, command, "SIGKILL", moment);
      killed += signal === "SIGKILL" ? 1 : 0;
      const found = written(folder.path);
      expectWhole(found);
      const others = [...found.keys()].filter((name) => !outputs.includes(name));
      for (const name of others) expect(outputs).toContain(TEMPORARY.exec(name)?.[1]);
      expect(others.length).toBeLessThanOrEqual(UNNAMED ? 0 : outputs.length);

      expect((await start(folder.path, command)).code).toBe(0);
      expect(written(folder.path)).toEqual(fresh);
    }
    expect(killed).toBeGreaterThan(0);
  });

  const interrupted = "is interrupted while it writes: 130 to a shell, the old outputs, nothing else";
  // On Windows every signal ends a process as SIGKILL does.
  it.skipIf(process.platform === "win32")(interrupted, { timeout: 1e9 }, async () => {
    for (let attempt = 0; ; attempt++) {
      layOutOld(folder.path, command);
      const { code, signal } = await start(folder.path, command, "SIGINT", { after: "draft", milliseconds: 0 });
      const found = written(folder.path);
      expect([...found.keys()]).toEqual(outputs.toSorted());
      expectWhole(found);
      if (UNNAMED ? signal === "SIGINT" : code === 130) return;
      expect(code, "it was done before").toBe(0);
      expect(attempt, "it was done before, every time").toBeLessThan(50);
    }
  });
});
