/** Lets the page work without its server: what was loaded once is kept by the browser. */

/** The page that `smxc serve` serves, from whose machine all files may be taken at once. */
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])$/;

interface KeptFiles {
  readonly files: readonly string[];
}

/** Where the browser has service workers and allows them; else nothing is kept. */
export async function keepForOffline(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("./offline.js");
  } catch {
    return;
  }
  await controlled();
  // What came before the worker did has not gone through it. The answers are of no use but that.
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  await fetchAll(loaded.filter((url) => url.startsWith(new URL("./", location.href).href)));
  if (LOOPBACK.test(location.hostname)) {
    const { files } = (await (await fetch("./offline.json")).json()) as KeptFiles;
    await fetchAll(files);
  }
}

async function fetchAll(urls: readonly string[]): Promise<void> {
  for (const url of urls) await (await fetch(url, { priority: "low" })).arrayBuffer();
}

/** Resolves when requests of the page go through the service worker. */
function controlled(): Promise<void> {
  const { serviceWorker } = navigator;
  return new Promise((resolve) => {
    serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
    if (serviceWorker.controller) resolve();
  });
}
