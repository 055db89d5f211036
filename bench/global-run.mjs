/**
 * Restores a picture of waves and noise once, as a process of its own, and prints what it took.
 *
 *   node bench/global-run.mjs <model.json> <width> <height> whole|global [MB]
 */
const DIST = new URL(process.env.SMXC_DIST ?? "../dist/", import.meta.url);
const { load } = await import(new URL("src/runtime/index-node.js", DIST).href);

const [model, w, h, context, memory] = process.argv.slice(2);
const [width, height] = [Number(w), Number(h)];
const data = new Uint8Array(width * height * 3);
let state = 1;
for (let at = 0; at < data.length; at++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  data[at] = 110 + 60 * Math.sin(at / 97) + 60 * Math.cos(at / (width * 31)) + (state >>> 27);
}
const network = await load(model, { context, tile: "auto", ...(memory ? { memory: Number(memory) * 2 ** 20 } : {}) });
const began = performance.now();
const { image, report } = await network.restore({ width, height, channels: 3, bitDepth: 8, data });
const seconds = (performance.now() - began) / 1000;
let sum = 0;
for (const sample of image.data) sum = (sum * 31 + sample) % 2147483647;
await network.release();
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(
  JSON.stringify({
    seconds: Number(seconds.toFixed(2)),
    user: userCPUTime / 1e6,
    system: systemCPUTime / 1e6,
    maxRSS,
    sum,
    parts: report.parts,
    cost: report.cost,
  }),
);
