/** What `smxc queue` says where a server or a file fails, and how often a picture is tried. */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smxc } from "../support/cli.js";
import { doneIn, expectSame, type Fleet, openFleet, type QueueStatus, results } from "./fleet.js";

const PICTURES = 3;
let fleet: Fleet;

beforeAll(async () => {
  fleet = await openFleet(PICTURES, () => 24);
});
afterAll(() => fleet?.close());

/** A module that lets a file fail to open so many times, and notes each time that it is tried. */
function failing(name: string, file: string, times: number): { readonly url: string; tries(): number } {
  const [module, log] = [fleet.at(`${name}.mjs`), fleet.at(`${name}.log`)];
  writeFileSync(log, "");
  writeFileSync(
    module,
    `import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const { open } = fs.promises;
let left = ${times};
fs.promises.open = async (path, ...more) => {
  if (path === ${JSON.stringify(file)}) {
    fs.appendFileSync(${JSON.stringify(log)}, ".");
    if (left-- > 0) throw Object.assign(new Error("EIO: i/o error, open"), { code: "EIO", errno: -5, syscall: "open", path });
  }
  return open(path, ...more);
};
syncBuiltinESMExports();
`,
  );
  return { url: module, tries: () => readFileSync(log, "utf8").length };
}

describe("a picture", () => {
  it("that fails twice for a reason that may pass is done the third time", async () => {
    const [queue, out] = [fleet.queue("passes"), fleet.at("passes")];
    await queue.add(out);
    const fault = failing("passes-open", fleet.at("in/1.png"), 2);
    const worker = queue.workWith(fault.url, "--until-empty");
    expect(await worker.ended).toBe(0);
    expect(fault.tries()).toBe(3);
    expectSame(out, fleet.at("expected"));
    expect(await queue.status()).toMatchObject({ completed: PICTURES, failed: [] });
  });

  it("that fails three times is listed, and the others are done once", async () => {
    const [queue, out] = [fleet.queue("stays"), fleet.at("stays")];
    await queue.add(out, "--per-job", "100");
    const fault = failing("stays-open", fleet.at("in/1.png"), 9);
    expect(await queue.workWith(fault.url, "--until-empty").ended).toBe(1);
    expect(fault.tries()).toBe(3);
    expect(doneIn(out).toSorted()).toEqual(["0.png", "2.png"]);
    const { completed, failed } = await queue.status();
    expect({ completed, failed }).toEqual({
      completed: 2,
      failed: [{ picture: fleet.at("in/1.png"), error: expect.stringContaining("image/cannot-read") }],
    });
  });

  it("that is none is tried once", async () => {
    const [queue, out, bad] = [fleet.queue("once"), fleet.at("once"), fleet.at("bad.png")];
    writeFileSync(bad, "no picture");
    expect((await queue.run("add", fleet.at("m.json"), bad, "-o", `${out}/`)).code).toBe(0);
    const seen = failing("once-open", bad, 0);
    expect(await queue.workWith(seen.url, "--until-empty").ended).toBe(1);
    expect(seen.tries()).toBe(1);
  });
});

describe("status --watch", () => {
  it("tells each change until all is done, with --json in lines of their own", async () => {
    const [queue, out] = [fleet.queue("watched"), fleet.at("watched")];
    await queue.add(out);
    const watching = queue.run("status", "--watch", "--json");
    expect(await queue.work("--until-empty").ended).toBe(0);
    const { code, stdout } = await watching;
    expect(code).toBe(0);
    const told = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as QueueStatus & { readonly schemaVersion: number });
    for (const { schemaVersion, waiting, active, completed } of told) {
      expect({ schemaVersion, sum: waiting + active + completed }).toEqual({ schemaVersion: 1, sum: PICTURES });
    }
    expect(told.at(-1)).toMatchObject({ waiting: 0, active: 0, completed: PICTURES, failed: [], secondsLeft: 0 });
    const { stdout: text } = await queue.run("status", "--watch");
    expect(text).toBe("3 of 3 pictures (100 %), 0 waiting, 0 in progress, 0 failed, 0 workers\n");
  });
});

describe("a server", () => {
  const status = async (url: string) => {
    const { code, stderr } = await smxc(["queue", "status", "--redis", url], fleet.at("."));
    return { code, stderr };
  };
  const told = (text: string) => ({ code: 2, stderr: expect.stringContaining(text) });

  it("that is not there is named, with the remedy, and its password is not", async () => {
    const { code, stderr } = await status("redis://me:secret@127.0.0.1:1");
    expect({ code, stderr }).toEqual(told("error[queue/cannot-connect]: Redis at redis://127.0.0.1:1 does not answer"));
    expect(stderr).toContain("start redis-server");
    expect(stderr).not.toContain("secret");
  });

  it("whose name is unknown is named", async () => {
    expect(await status("redis://redis.invalid:6379")).toEqual(told("error[queue/cannot-connect]"));
  });

  it.each([
    [
      "that speaks something else",
      "queue/no-redis",
      (socket: Socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"),
    ],
    ["that says nothing", "queue/cannot-connect", () => {}],
  ])("%s is none", async (_, code, greet) => {
    const server = await listen(greet);
    try {
      expect(await status(urlOf(server))).toEqual(told(`error[${code}]`));
    } finally {
      server.close();
    }
  });

  it("that wants a password, or has no room, is named with what it says and what helps", async () => {
    const admin = new Redis(fleet.redis.url);
    try {
      await admin.config("SET", "requirepass", "secret");
      const { code, stderr } = await status(fleet.redis.url);
      expect({ code, stderr }).toEqual(told("error[queue/redis-refuses]"));
      expect(stderr).toContain("redis://name:password@");
      expect((await status(fleet.redis.url.replace("//", "//:secret@"))).code).toBe(0);
      await admin.config("SET", "requirepass", "");
      await admin.config("SET", "maxmemory", "1");
      const out = fleet.at("full");
      const full = await fleet.queue("full").run("add", fleet.at("m.json"), fleet.at("in"), "-o", out);
      expect({ code: full.code, stderr: full.stderr }).toEqual(told("refused a command: OOM"));
    } finally {
      await admin.config("SET", "maxmemory", "0");
      admin.disconnect();
    }
    const [queue, out] = [fleet.queue("full"), fleet.at("full")];
    await queue.add(out);
    expect(await queue.work("--until-empty").ended).toBe(0);
    expect(results(out)).toHaveLength(PICTURES);
  });
});

it("without bullmq or ioredis says how they are installed", async () => {
  const hide = (name: string): string => {
    const hook = `export const resolve = (specifier, context, next) => {
  if (specifier !== ${JSON.stringify(name)}) return next(specifier, context);
  throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
};`;
    const module = fleet.at(`without-${name}.mjs`);
    const source = `data:text/javascript,${encodeURIComponent(hook)}`;
    writeFileSync(module, `import { register } from "node:module";\nregister(${JSON.stringify(source)});\n`);
    return module;
  };
  for (const name of ["bullmq", "ioredis"]) {
    const worker = fleet.queue("none").workWith(hide(name));
    expect(await worker.ended).toBe(2);
    expect(worker.told()).toContain(`error[queue/not-installed]: queues need ${name}, which is not installed`);
    expect(worker.told()).toContain(`npm install ${name}`);
  }
});

function listen(greet: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      greet(socket);
    });
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

function urlOf(server: Server): string {
  const { port } = server.address() as { readonly port: number };
  return `redis://127.0.0.1:${port}`;
}
