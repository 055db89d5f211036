/** Compiles networks in memory and times graphs side by side. What `smxc bench` does for files, for many graphs in one process. */
import { edsrNsr, evenBetas } from "./networks.mjs";
import { openSession, pictures } from "./runtime.mjs";

/** The build to measure; another one for comparisons between versions. */
export const DIST = new URL(process.env.SMXC_DIST ?? "../dist/", import.meta.url);
const load = (path) => import(new URL(path, DIST).href);

const { compile } = await load("src/compile.js");
const { parseDocument } = await load("src/frontends/document/parse.js");
const { encodeModel } = await load("src/onnx/encode.js");
const { collect } = await load("src/base/bytes/byte-source.js");

/**
 * A graph's bytes.
 *
 * @param network what `edsrNsr` takes
 * @param options CompileOptions; `fold: true` freezes every β
 */
export async function graphBytes(network, { fold = false, ...options }) {
  const made = edsrNsr(network);
  const { spec } = parseDocument(new TextEncoder().encode(made.text), "network");
  const compiled = compile(spec, made.store, {
    ...options,
    ...(fold ? { fold: { betas: evenBetas(spec, made) } } : {}),
  });
  return { bytes: await collect(encodeModel(compiled.model).model), choices: compiled.choices };
}

/**
 * Milliseconds of graphs that run in turn.
 *
 * @param graphs bytes by name
 * @param shape of the input `x`
 * @param {{target?: "cpu" | "wasm", threads?: number, seconds: number, rounds?: number, failed?: (name: string, cause: Error) => void}}
 *   options `seconds` for all graphs together; at least `rounds` rounds; `failed` hears of graphs that do not run, which are
 *   left out
 * @throws Error of ONNX Runtime for a graph that does not run, where `failed` is absent
 * @returns by name the wall clock and the processor time of each round: the second is what other work on the machine
 *   disturbs least, and holds only for one thread
 */
export async function timeGraphs(graphs, shape, { target = "cpu", threads = 1, seconds, rounds = 5, failed }) {
  const x = await pictures(shape, { target, threads });
  const entrants = [];
  for (const [name, bytes] of graphs) {
    try {
      const session = await openSession(bytes, { target, threads });
      for (let warmUp = 0; warmUp < 2; warmUp++) await session.run({ x });
      entrants.push({ name, session, wall: [], cpu: [] });
    } catch (cause) {
      if (failed === undefined) throw cause;
      failed(name, cause);
    }
  }
  const start = performance.now();
  for (let round = 0; round < rounds || performance.now() - start < seconds * 1000; round++) {
    for (const { session, wall, cpu } of round % 2 ? [...entrants].reverse() : entrants) {
      const before = process.cpuUsage();
      const began = performance.now();
      await session.run({ x });
      wall.push(performance.now() - began);
      const used = process.cpuUsage(before);
      cpu.push((used.user + used.system) / 1000);
    }
  }
  for (const { session } of entrants) await session.release();
  return new Map(entrants.map(({ name, wall, cpu }) => [name, { wall, cpu }]));
}

export const least = (values) => values.reduce((a, b) => Math.min(a, b));

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** What `timeGraphs` gives as the least and the median milliseconds of each graph, by name. */
export function leastAndMiddle(times) {
  const each = (kind, of) => Object.fromEntries([...times].map(([name, { [kind]: values }]) => [name, of(values)]));
  return {
    rounds: [...times.values()][0].wall.length,
    wallMs: each("wall", least),
    wallMedianMs: each("wall", median),
    cpuMs: each("cpu", least),
    cpuMedianMs: each("cpu", median),
  };
}
