/** What bench/results/README.md says of restoration networks. */
import { costsTable, timesTable } from "./restoration-tables.mjs";
import { resultsFile } from "./results.mjs";

const KEYS = ["target", "threads", "network", "size"];

/** @param machines kinds of machine: what they are called, and their vectors */
export function restorationSection(machines) {
  return `What PyTorch exports, with open batch, height and width, beside what \`smxc compile\` makes of it: without further flags (\`open\`) and
with \`--batch 1 --height --width\` (\`fixed\`). A batch of one, random weights: times do not depend on them. \`nsr-<units>x<width>-b<blocks>\` are the
networks of the tables above; they are compared with their constant kernels, all others with their export. \`direct\`, \`document\` and \`folded\` are
compiled of the document, for fixed sizes but where it says open. In parentheses the ratio of the medians: where it is far from that of the minima,
the machine was disturbed, and neither tells much. Files and sessions are those of \`open\`; a session opens from a file, in a process
of its own, and the peak is that of this process with one run at 128². The error is the largest difference from the export without
ONNX Runtime's optimisations, of the largest output, at 64². Of opening, the processor time tells more than the clock: other work ran beside it.

${machines.map(machineSection).join("\n")}`;
}

/** What a reader has to know of a kind of machine before its numbers. */
const NOTES = {
  avx2:
    "ONNX Runtime's kernels for AVX2 on the processor of the next section, in a copy of ONNX Runtime whose check for AVX-512 was taken out " +
    "(`SMXC_BENCH_VECTORS=avx2` names the file of results): a processor without AVX-512 has other caches and clocks.",
};

function machineSection({ vectors, title }) {
  const times = resultsFile(`restoration-${vectors}`, KEYS).all();
  const costs = resultsFile(`restoration-costs-${vectors}`, ["target", "network"]).all();
  if (times.length === 0) return `### ${title}\n\nNot measured: no machine was at hand.\n`;
  return `### ${title}

${[NOTES[vectors], madeOn(times)].filter(Boolean).join("\n\n")}

${timesTable(times)}
${costs.length === 0 ? "" : `${costsTable(costs)}\n`}`;
}

function madeOn(entries) {
  const all = (field) => [...new Set(entries.map((each) => each[field]).filter(Boolean))].sort().join(", ");
  const torch = [...new Set(entries.flatMap(({ torch }) => (torch ? [torch.version] : [])))].sort().join(", ");
  return `${all("date")}, ${all("cpu")}, ONNX Runtime ${all("onnxruntime")}, exports by ${all("exporter")}${torch ? `, PyTorch's own times by ${torch}` : ""}.`;
}
