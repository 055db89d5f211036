/** A Redis server of a measurement's own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/** @returns its address, a client, and how it is stopped, started again and ended; it keeps an append-only log on the disk */
export async function openRedis() {
  const folder = mkdtempSync(join(tmpdir(), "smxc-redis-"));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const options = ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", ""].map(
    String,
  );
  let server;
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50, lazyConnect: true });
  client.on("error", () => {});
  const start = async () => {
    server = spawn("redis-server", options, { stdio: "ignore" });
    await client.ping();
  };
  const stop = async (signal = "SIGTERM") => {
    const ended = new Promise((resolve) => server.once("close", resolve));
    server.kill(signal);
    await ended;
  };
  await start();
  return {
    url,
    client,
    start,
    stop,
    async figure(section, name) {
      return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(await client.info(section))[1]);
    },
    async end() {
      client.disconnect();
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  await sleep(0);
  return port;
}
