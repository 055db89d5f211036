/** Serves a folder on 127.0.0.1, as a page needs it that uses threads: cross-origin isolated. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

const ISOLATION = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

export interface Served {
  readonly origin: string;
  /** Paths that were asked for. */
  readonly requested: readonly string[];
  close(): Promise<void>;
}

export function serveCheckout(): Promise<Served> {
  return serveFolder(ROOT);
}

/** @param isolated whether pages may have threads */
export async function serveFolder(root: string, isolated = true): Promise<Served> {
  const requested: string[] = [];
  const server = createServer(async (request, response) => {
    requested.push(request.url ?? "/");
    // `normalize` of an absolute path leaves no `..` in it.
    const path = join(root, normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname)));
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      "content-length": found.size,
      ...(isolated ? ISOLATION : {}),
    });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    requested,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((cause) => (cause ? reject(cause) : resolve()));
        server.closeAllConnections();
      }),
  };
}
