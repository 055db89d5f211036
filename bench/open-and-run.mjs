/**
 * Runs as a process of its own, whose memory is then that of one graph: opens it, runs it once, and prints how long opening took.
 *
 *     node bench/open-and-run.mjs <graph.onnx> <cpu|wasm> <threads> <NxCxHxW>
 */
import { openSession, pictures } from "./runtime.mjs";

const [file, target, threads, shape] = process.argv.slice(2);
const options = { target, threads: Number(threads) };
// What loading the runtime itself takes is no graph's.
const x = await pictures(shape.split("x").map(Number), options);
const before = process.cpuUsage();
const began = performance.now();
const session = await openSession(file, options);
const openMs = performance.now() - began;
const { user, system } = process.cpuUsage(before);
await session.run({ x });
console.log(JSON.stringify({ openMs, openCpuMs: (user + system) / 1000 }));
