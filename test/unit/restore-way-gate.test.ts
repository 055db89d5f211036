import { expect, it } from "vitest";
import { WayGate } from "../../src/restore/cost/way-gate.js";

/** Work that ends when it is told to. */
function held(log: string[], name: string) {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    end,
    work: async (): Promise<string> => {
      log.push(name);
      await ended;
      return name;
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("work of one way runs side by side, and of another when that is done, in the order of the calls", async () => {
  const log: string[] = [];
  const gate = new WayGate();
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => held(log, name)) as [
    ReturnType<typeof held>,
    ReturnType<typeof held>,
    ReturnType<typeof held>,
    ReturnType<typeof held>,
  ];
  const all = [
    gate.pass("whole", a.work),
    gate.pass("whole", b.work),
    gate.pass("tiles", c.work),
    gate.pass("whole", d.work),
  ];
  await settled();
  expect(log).toEqual(["a", "b"]);
  a.end();
  await settled();
  expect(log).toEqual(["a", "b"]);
  b.end();
  await settled();
  expect(log).toEqual(["a", "b", "c"]);
  c.end();
  d.end();
  expect(await Promise.all(all)).toEqual(["a", "b", "c", "d"]);
});

it("work that fails lets the next in", async () => {
  const gate = new WayGate();
  const failing = gate.pass("whole", () => Promise.reject(new RangeError("too large")));
  const next = gate.pass("tiles", async () => "done");
  await expect(failing).rejects.toThrow("too large");
  expect(await next).toBe("done");
});
