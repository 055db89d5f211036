/** A server for the page of `web/`, as it was built, on this machine only. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { basename, dirname, extname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { error, SmxcError } from "../../../src/base/diagnostics.js";

const HOST = "127.0.0.1";
const resolveFile = createRequire(import.meta.url).resolve;
const PACKAGE = dirname(resolveFile("smxc/package.json"));
const PAGE = join(PACKAGE, "dist/web/");
const NETWORKS = join(PACKAGE, "models/");

/** ONNX Runtime's files are not in the package twice: they come from the dependency. A folder of its version follows. */
const ORT_PREFIX = "/ort/";
const ORT_FILE = /^ort-wasm-simd-threaded(\.asyncify)?\.(mjs|wasm)$/;

/** Likewise the networks that come with smxc, which the build calls after their content. */
const NETWORK_FILE = /^\/models\/([^/]+)-[\w-]{8}(\.\w+)$/;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".wasm": "application/wasm",
};

const HEADERS: Readonly<Record<string, string>> = {
  // Cross-origin isolation, without which browsers give WebAssembly no threads.
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  // Workers have no document whose policy would hold for them.
  "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  // Another version of smxc may serve another page at the same address.
  "cache-control": "no-cache",
};

export interface ServedPage {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * @param ports tried in this order; 0 is any that is free
 * @throws SmxcError `serve/not-built`, `serve/port` when it cannot be listened on
 */
export async function servePage(...ports: readonly [number, ...number[]]): Promise<ServedPage> {
  if (!(await isFile(join(PAGE, "index.html")))) throw new SmxcError([notBuilt()], "io");
  const server = createServer((request, response) => void answer(request, response));
  await listenOnFirst(server, ports);
  const address = server.address() as AddressInfo;
  return {
    address: `http://${HOST}:${address.port}/`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listenOnFirst(server: Server, ports: readonly number[]): Promise<void> {
  for (const [index, port] of ports.entries()) {
    const cause = await listen(server, port);
    if (cause === undefined) return;
    if (cause.code !== "EADDRINUSE" || index === ports.length - 1) {
      throw new SmxcError([cannotListen(port, cause)], "io");
    }
  }
}

/** @returns why it cannot */
function listen(server: Server, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(port, HOST, () => {
      server.off("error", resolve);
      resolve(undefined);
    });
  });
}

async function answer({ method, url = "/" }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (method !== "GET" && method !== "HEAD") return end(response, 405, { allow: "GET, HEAD" });
  const file = fileOf(url);
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || !found?.isFile()) return end(response, 404);
  response.writeHead(200, {
    ...HEADERS,
    "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    "content-length": found.size,
  });
  if (method === "HEAD") response.end();
  // Unlike `pipe`, it closes the file when the browser goes away; both ends are then destroyed, and there is nobody to report it to.
  else await pipeline(createReadStream(file), response).catch(() => undefined);
}

function end(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...HEADERS, ...headers }).end();
}

/** The file of an address; undefined when there can be none. */
function fileOf(url: string): string | undefined {
  const given = pathOf(url);
  const path = given === undefined ? undefined : pathBelow(given);
  if (path === undefined) return undefined;
  if (path.startsWith(ORT_PREFIX)) {
    const name = basename(path);
    return ORT_FILE.test(name) ? join(ortFolder(), name) : undefined;
  }
  const [, stem, ending] = NETWORK_FILE.exec(path) ?? [];
  if (stem !== undefined) return join(NETWORKS, `${stem}${ending}`);
  return join(PAGE, path === "/" ? "index.html" : path);
}

/**
 * A path without `..` of an absolute one; undefined where it has what divides or names paths on some systems only, which no file
 * of the page has: on Windows backslashes lead out of the folder again, and colons name drives and streams.
 */
export function pathBelow(path: string): string | undefined {
  return /[\\:\0]/.test(path) ? undefined : posix.normalize(path);
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, `http://${HOST}`).pathname);
  } catch {
    return undefined;
  }
}

function ortFolder(): string {
  return dirname(resolveFile("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

const notBuilt = () =>
  error("serve/not-built", "the page is not built", {
    file: PAGE,
    hint: "build it: run npm run build in the checkout of smxc",
  });

const cannotListen = (port: number, { code, message }: NodeJS.ErrnoException) =>
  error("serve/port", `cannot listen on port ${port}: ${REASONS[code ?? ""] ?? message}`, {
    place: `${HOST}:${port}`,
    hint: "choose another port with --port, or leave out --port to get a free one",
  });

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program uses it",
  EACCES: "permission denied",
};
