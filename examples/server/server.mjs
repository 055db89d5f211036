// Restores pictures over HTTP: POST /restore with a picture as the body gives the result as PNG. README.md tells the rest.
import { once } from "node:events";
import { createServer } from "node:http";
import sharp from "sharp";
import { decodeImage, encodeImage, load, SmxcError } from "smxc/runtime";
import { BoundedQueue, QueueFull } from "./queue.mjs";

const number = (name, initial) => Number(process.env[name] ?? initial);
const PORT = number("PORT", 8080);
const HOST = process.env.HOST ?? "127.0.0.1";
const NETWORK = process.env.NETWORK ?? "nsr-x2";
/** What β is pooled over: whole, patch or global; by default the network's own. */
const { CONTEXT } = process.env;
/** Pictures that may wait. */
const MOST_WAITING = number("MOST_WAITING", 16);
const MOST_BYTES = number("MOST_BYTES", 32 * 2 ** 20);
const MOST_PIXELS = number("MOST_PIXELS", 4e6);
/** Milliseconds that a request may take, with its wait. */
const TIMEOUT = number("TIMEOUT", 30_000);
/** Milliseconds that requests have to finish when the service is told to end. */
const GRACE = number("GRACE", 25_000);

class Refusal extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    Object.assign(this, { status, headers });
  }
}

const queue = new BoundedQueue(MOST_WAITING);
const ending = new AbortController();
let network;
let isEnding = false;

const server = createServer((request, response) => {
  answer(request, response).catch((cause) => {
    const refusal = refusalOf(cause);
    if (refusal.status === 500) console.error(cause);
    if (response.destroyed || response.headersSent) return response.destroy();
    // What is still on its way is not waited for.
    const headers = request.complete ? refusal.headers : { ...refusal.headers, connection: "close" };
    send(response, refusal.status, { error: refusal.message }, headers);
  });
});

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/health")
    return send(response, 200, { alive: true, requests: queue.admitted, waiting: queue.waiting });
  if (pathname === "/ready")
    return isReady() ? send(response, 200, { ready: true }) : send(response, 503, { ready: false });
  if (pathname !== "/restore") throw new Refusal(404, "there are /restore, /health and /ready");
  if (request.method !== "POST") throw new Refusal(405, "send a picture with POST", { allow: "POST" });
  if (!isReady())
    throw new Refusal(503, isEnding ? "the service is ending" : "the network is not loaded yet", {
      "retry-after": "5",
    });
  const png = await queue.admit(async (inTurn) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort(new Refusal(499, "the client is gone")));
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT), gone.signal, ending.signal]);
    const body = await readBody(request, signal);
    await checkPicture(body);
    return inTurn(async () => {
      const picture = await decodeImage(body, "the picture", () => {});
      const { image } = await network.restore(picture, { signal });
      return encodeImage(image, "result.png", () => {});
    }, signal);
  });
  finish(response, 200, png, { "content-type": "image/png", "content-length": png.byteLength });
}

function isReady() {
  return network !== undefined && !isEnding;
}

/** Rejects with the signal's reason, however slowly the body comes. */
function readBody(request, signal) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let bytes = 0;
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    request.on("error", reject).on("end", () => resolve(Buffer.concat(chunks)));
    request.on("data", (chunk) => {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
      else reject(new Refusal(413, `a picture has at most ${MOST_BYTES} bytes`));
    });
  });
}

/** By the header, before anything is decoded. */
async function checkPicture(body) {
  const { width, height } = await sharp(body)
    .metadata()
    .catch(() => {
      throw new Refusal(415, "the body is no picture that can be read: send JPEG, PNG, WebP, TIFF or AVIF");
    });
  if (width * height > MOST_PIXELS)
    throw new Refusal(413, `a picture has at most ${MOST_PIXELS} pixels, this one ${width} × ${height}`);
}

function refusalOf(cause) {
  if (cause instanceof Refusal) return cause;
  if (cause instanceof QueueFull)
    return new Refusal(503, `${MOST_WAITING} pictures are waiting`, { "retry-after": "5" });
  if (cause?.name === "TimeoutError") return new Refusal(504, `not done within ${TIMEOUT / 1000} s`);
  // What the picture cannot help, such as a worker that ran out of memory, is the service's fault.
  const isOfPicture = cause instanceof SmxcError && !cause.diagnostics.some(({ code }) => code.startsWith("runtime/"));
  if (isOfPicture) return new Refusal(422, cause.message);
  return new Refusal(500, "a defect of the service");
}

function send(response, status, body, headers = {}) {
  finish(response, status, `${JSON.stringify(body)}\n`, { "content-type": "application/json", ...headers });
}

/** A service that ends keeps no connection. */
function finish(response, status, body, headers) {
  response.writeHead(status, isEnding ? { ...headers, connection: "close" } : headers);
  response.end(body);
}

/** No new work; what is there is finished, or given up when the grace is over. */
async function end() {
  if (isEnding) return;
  isEnding = true;
  const late = setTimeout(() => {
    ending.abort(new Refusal(503, "the service is ending"));
    // Those that send nothing at all have a second more.
    setTimeout(() => server.closeAllConnections(), 1000).unref();
  }, GRACE);
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await queue.whenIdle();
  await closed;
  clearTimeout(late);
  await network?.release();
}
for (const name of ["SIGTERM", "SIGINT"]) process.once(name, end);

server.listen(PORT, HOST);
await once(server, "listening");
console.log(`http://${HOST}:${server.address().port}`);

try {
  const loaded = await load(NETWORK, CONTEXT === undefined ? {} : { context: CONTEXT });
  // The first run compiles and allocates: it is made before the service calls itself ready.
  await loaded.restore({ width: 64, height: 64, channels: 3, bitDepth: 8, data: new Uint8Array(64 * 64 * 3) });
  if (isEnding) await loaded.release();
  else network = loaded;
} catch (cause) {
  if (!(cause instanceof SmxcError)) throw cause;
  console.error(cause.message);
  process.exit(1);
}
