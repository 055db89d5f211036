// node load-test.mjs <address> <picture> [clients] [seconds]: what a running service does, seen from this machine.
import { readFile } from "node:fs/promises";

const [address, file, clients = "1", seconds = "10"] = process.argv.slice(2);
const body = await readFile(file);
const until = performance.now() + Number(seconds) * 1000;
const latencies = [];
const refused = new Map();

async function client() {
  while (performance.now() < until) {
    const begin = performance.now();
    const response = await fetch(`${address}/restore`, { method: "POST", body });
    await response.arrayBuffer();
    if (response.ok) latencies.push(performance.now() - begin);
    else refused.set(response.status, (refused.get(response.status) ?? 0) + 1);
  }
}

const begin = performance.now();
await Promise.all(Array.from({ length: Number(clients) }, client));
const elapsed = (performance.now() - begin) / 1000;
latencies.sort((a, b) => a - b);
const at = (share) =>
  Math.round(latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? Number.NaN);
console.log(
  JSON.stringify({
    clients: Number(clients),
    requests: latencies.length,
    perSecond: Number((latencies.length / elapsed).toFixed(2)),
    medianMs: at(0.5),
    p95Ms: at(0.95),
    worstMs: at(1),
    refused: Object.fromEntries(refused),
  }),
);
