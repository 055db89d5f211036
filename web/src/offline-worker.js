/**
 * The page's service worker: keeps the files of the page, so that it opens and works without its server. It answers for
 * the files of its own build only, whose names hold their hashes; all else, whatever program may serve it one day at this
 * address, goes its way. `FILES` is written in front by vite.config.ts.
 */
/* global FILES */
const CACHE = "smxc";
const KEPT = new Set(FILES.map((file) => new URL(file, self.registration.scope).href));
const PAGE = self.registration.scope;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(PAGE)));
});
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  if (method !== "GET") return;
  if (KEPT.has(url)) event.respondWith(kept(event.request));
  else if (mode === "navigate" && url === PAGE) event.respondWith(fresh(event.request));
});

/** From the cache: a file of this name never changes. */
async function kept(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request.url)) ?? store(cache, request);
}

/** From the server while there is one: it may have a newer page. */
async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    return await store(cache, request);
  } catch (cause) {
    const page = await cache.match(request.url);
    if (page === undefined) throw cause;
    return page;
  }
}

async function store(cache, request) {
  const response = await fetch(request);
  if (response.status === 200) await cache.put(request.url, response.clone());
  return response;
}

/** Files of builds before this one. */
async function forgetOthers() {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    if (!KEPT.has(request.url) && request.url !== PAGE) await cache.delete(request);
  }
}
