/**
 * Compiles a network of bench/networks.mjs once with a revision of smxc, as a process of its own, writes the graph, and prints the
 * milliseconds of processor time that it took, which other work on the machine disturbs least.
 *
 *     node bench/compile-network.mjs <folder of the revision, built> <network as JSON> <options as JSON> <graph.onnx>
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, network, options, file] = process.argv.slice(2);
// The revision's own script, which knows its compiler, and by itself takes its build.
delete process.env.SMXC_DIST;
const { graphBytes } = await import(pathToFileURL(join(folder, "bench/graphs.mjs")).href);
const before = process.cpuUsage();
const { bytes } = await graphBytes(JSON.parse(network), JSON.parse(options));
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1000));
writeFileSync(file, bytes);
