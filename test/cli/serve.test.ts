/** `smxc serve`: the built page on this machine, until it is interrupted. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MAIN, smxc, temporaryFolder } from "../support/cli.js";
import { type ServedPage, servePage } from "../support/serve-page.js";

let served: ServedPage;
beforeAll(async () => {
  served = await servePage();
});
afterAll(() => served?.close());

const get = (path: string, init: RequestInit = {}) => fetch(new URL(path, served.address), init);

/** As it is written, where `fetch` would take `..` out of the path. */
function statusOf(path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(served.address);
  return new Promise((resolve, reject) => {
    request({ host: hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

describe("smxc serve", () => {
  it("prints the page's address, and nothing else, on standard output", () => {
    expect(served.stdout()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/);
  });

  it("serves the page, isolated, so that WebAssembly may have threads, and its own policy to workers too", async () => {
    const response = await get("/");
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("<title>smxc");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "content-security-policy": expect.stringContaining("default-src 'self'"),
    });
  });

  it("serves ONNX Runtime from the dependency", async () => {
    const wasm = await get("/ort/1.30.0/ort-wasm-simd-threaded.wasm", { method: "HEAD" });
    expect(wasm.headers.get("content-type")).toBe("application/wasm");
    expect(Number(wasm.headers.get("content-length"))).toBeGreaterThan(1e6);
    expect((await get("/ort/1.30.0/ort-wasm-simd-threaded.asyncify.mjs")).status).toBe(200);
  });

  it.each([
    "/nothing",
    "/../package.json",
    "/..%2f..%2fpackage.json",
    "/ort/../../../package.json",
    "/ort/ort.mjs",
    "/%00",
    "/%",
    "/assets",
  ])("finds nothing at %s", async (path) => {
    expect(await statusOf(path)).toBe(404);
  });

  it.runIf(process.platform === "linux")(
    "closes what it reads when a download is aborted",
    async () => {
      const open = () =>
        readdirSync(`/proc/${served.pid}/fd`).filter((fd) => {
          try {
            return readlinkSync(`/proc/${served.pid}/fd/${fd}`).endsWith(".wasm");
          } catch {
            return false;
          }
        });
      for (let round = 0; round < 30; round++) {
        const aborting = new AbortController();
        const { body } = await get("/ort/1.30.0/ort-wasm-simd-threaded.wasm", { signal: aborting.signal });
        await body!.getReader().read();
        aborting.abort();
      }
      await vi.waitFor(() => expect(open()).toEqual([]), { timeout: 30_000 });
      expect((await get("/")).status).toBe(200);
    },
    60_000,
  );

  it("takes nothing", async () => {
    expect((await get("/", { method: "POST" })).status).toBe(405);
  });

  it("refuses a port that is in use with exit 2", async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await smxc(["serve", "--port", new URL(served.address).port], folder.path);
    folder.remove();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("error[serve/port]");
    expect(stderr).toContain("another program uses it");
  });

  it("has an address of its own when it is given no port, be the usual one in use or not", async () => {
    const other = await servePage(MAIN, []);
    expect(other.address).not.toBe(served.address);
    expect((await fetch(other.address)).status).toBe(200);
    const third = await servePage(MAIN, []);
    expect(third.address).not.toBe(other.address);
    await Promise.all([other.close(), third.close()]);
  });

  it("refuses what is no port", async () => {
    const { code, stderr } = await smxc(["serve", "--port", "65536"], ".");
    expect(code).toBe(2);
    expect(stderr).toContain("Expected a whole number from 0 to 65535.");
  });

  // On Windows every signal ends a process as SIGKILL does.
  it.skipIf(process.platform === "win32").each(["SIGINT", "SIGTERM"] as const)(
    "ends on %s with exit 0, also while a browser holds a connection",
    async (signal) => {
      const child: ChildProcess = spawn(process.execPath, [MAIN, "serve", "--port", "0", "--json"], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      let text = "";
      child.stdout!.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      while (!text.endsWith("}\n")) await once(child.stdout!, "data");
      const { schemaVersion, address, port } = JSON.parse(text);
      expect({ schemaVersion, address }).toEqual({ schemaVersion: 1, address: `http://127.0.0.1:${port}/` });
      await (await fetch(address)).text();
      child.kill(signal);
      expect(await once(child, "close")).toEqual([0, null]);
    },
  );
});
