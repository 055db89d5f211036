/**
 * Writes bench/results/README.md from all *.generated.json beside it, and grid-<vectors>.svg.
 *
 *     node bench/plot.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { peersSection } from "./peers-table.mjs";
import { restorationSection } from "./restoration-page.mjs";

const results = new URL("./results/", import.meta.url);
/** Kinds of machine: what their processors are called, and their vectors. */
const MACHINES = [
  { vectors: "avx2", title: "AMD EPYC with AVX2" },
  { vectors: "avx512", title: "AMD EPYC with AVX-512" },
];
const SHOWN = ["PyTorch 2.13", "grouped", "auto", "auto, open sizes", "folded"];
const COLORS = ["#b5483a", "#d99a5b", "#2f6f9f", "#6fa8c9", "#4f8a5b"];
const FORMS = ["f4x4", "f4x6", "f6x6"];

const timesOf = (entry) => (entry.threads === 1 ? entry.cpuMs : entry.wallMs);
const ratio = (entry, name) =>
  timesOf(entry)[name] === undefined ? undefined : timesOf(entry)[name] / timesOf(entry).constant;
const label = ({ target, threads, units, width, batch, size }) =>
  `${target}, ${threads === 1 ? "1 thread" : `${threads} threads`}: ${units} units${width > 1 ? ` × ${width}` : ""}, ${batch} × ${size}²`;

function svg(cases) {
  const row = SHOWN.length * 9 + 10;
  const scale = 260;
  const bars = cases.flatMap((entry, index) => {
    const top = 40 + index * row;
    return [
      `<text x="290" y="${top + 22}" text-anchor="end">${label(entry)}</text>`,
      ...SHOWN.map((name, i) => {
        const value = ratio(entry, name);
        return value === undefined
          ? ""
          : `<rect x="300" y="${top + i * 9}" width="${(value * scale).toFixed(1)}" height="8" fill="${COLORS[i]}"><title>${name}: ${value.toFixed(3)}</title></rect>`;
      }),
    ];
  });
  const height = 50 + cases.length * row;
  const keys = SHOWN.map(
    (name, i) =>
      `<rect x="${300 + i * 120}" y="8" width="10" height="10" fill="${COLORS[i]}"/><text x="${315 + i * 120}" y="17">${name}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="920" height="${height}" viewBox="0 0 920 ${height}" font-family="sans-serif" font-size="11">
<title>Time of each graph in multiples of constant kernels</title>
<rect width="100%" height="100%" fill="#fff"/>${keys.join("")}
<line x1="${300 + scale}" x2="${300 + scale}" y1="30" y2="${height}" stroke="#999"/><text x="${304 + scale}" y="${height - 4}">1.0: constant kernels</text>
${bars.join("\n")}
</svg>
`;
}

function choiceQuality(cases) {
  return [1, 2]
    .map((threads) =>
      qualityOn(
        threads,
        cases.filter((entry) => entry.threads === threads),
      ),
    )
    .join("");
}

function qualityOn(threads, cases) {
  if (cases.length === 0) return "";
  const losses = cases.map((entry) => {
    const ms = timesOf(entry);
    const best = Math.min(...[...FORMS, "without winograd", "auto"].map((name) => ms[name]));
    return ms.auto / best;
  });
  const within = losses.filter((loss) => loss <= 1.05).length;
  const worst = Math.max(...losses).toFixed(2);
  return `With ${threads === 1 ? "one thread" : `${threads} threads`}, \`auto\` is within 5 % of the best measured candidate in ${within} of ${cases.length} cases; the worst is ${worst} times the best.\n`;
}

const columns = [...SHOWN, "without winograd", ...FORMS];

const ORDER = ["target", "threads", "units", "width", "batch", "size"];

function inOrder(a, b) {
  const key = ORDER.find((each) => a[each] !== b[each]);
  return key !== undefined && a[key] > b[key] ? 1 : -1;
}

/** One machine's table, and its picture beside it. */
function section({ vectors, title }) {
  const cases = JSON.parse(readFileSync(new URL(`grid-${vectors}.generated.json`, results), "utf8")).sort(inOrder);
  writeFileSync(new URL(`grid-${vectors}.svg`, results), svg(cases));
  const rows = cases.map((entry) => {
    const ratios = columns.map((name) => ratio(entry, name)?.toFixed(2) ?? "–").join(" | ");
    return `| ${label(entry)} | ${timesOf(entry).constant.toFixed(1)} | ${ratios} |`;
  });
  return `## ${title}

![ratios](grid-${vectors}.svg)

| case | constant, ms | ${columns.join(" | ")} |
|---|---|${columns.map(() => "---").join("|")}|
${rows.join("\n")}

${choiceQuality(cases)}
`;
}

function compiling() {
  const { machine, results: sizes } = JSON.parse(readFileSync(new URL("large.generated.json", results), "utf8"));
  const cost = ({ seconds, peakMB }) => `${seconds} s, ${peakMB} MB`;
  const rows = sizes.map((each) => [
    `${each.units} units, ${each.blocks} blocks, k = ${each.experts}`,
    `${each.checkpointMB} MB`,
    cost(each.import),
    cost(each.compile) + (each.compile.dataBeside ? " (weights beside the graph)" : ""),
    cost(each.compileExternal),
    `${each.onnxRuntime.seconds} s`,
  ]);
  const header = ["network", "checkpoint", "import", "compile", "compile --external-data", "ONNX Runtime opens it in"];
  const lines = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
  return `${lines}\n${machine}.\n`;
}

writeFileSync(
  new URL("README.md", results),
  `# Measurements

Whole EDSR-NSR networks ×2 (head, skip and tail included; 1 to 4 blocks instead of 16, so head and tail weigh more than in the
public ones), ONNX Runtime 1.30. Numbers are ratios to the same network with constant kernels as plain Convs (\`--routing fold
--lowering direct\`, what PyTorch or onnxsim make of constants): below 1 is faster. Minima over all runs; processor time for one
thread, wall clock for two. The machines have two cores and share their caches and memory with others: memory-sensitive graphs,
Winograd's before all, come out slower than on a quiet one. Threads rest between runs (\`session.force_spinning_stop\`): otherwise those
of one session spin for milliseconds after each run, on the core that the next graph needs, and a comparison of two threads in one
process compares that.

${MACHINES.map(section).join("\n")}
## Restoration networks

${restorationSection(MACHINES)}
${peersSection(MACHINES)}## Compiling

Whole processes, the best of several, without the run that ends a compile: time, and the most memory that was held.

${compiling()}
## Commands

\`\`\`sh
npm run build
node bench/measure-layers.mjs            # results/layers-cpu-<vectors>.generated.json; again with --target wasm
node bench/fit-costs.mjs                 # constants for src/lowerings/winograd/rates.ts, and how well they predict
venv/bin/python bench/peers/export_torch.py out/peers nsr-64x1-b4 --shape 1x3x48x48   # for the grid's column of PyTorch, each network and shape
node bench/grid.mjs                      # results/grid-<vectors>.generated.json; --target wasm, --threads 2, --seconds n, --only units
venv/bin/python bench/peers/export_torch.py out/peers       # the restoration networks, all sizes open
node bench/restoration.mjs               # results/restoration-<vectors>.generated.json and restoration-costs-<vectors>.generated.json;
                                         # --target wasm, --threads 2, --sizes 128,256, --only names, --measure times,costs,torch
node bench/large.mjs                     # results/large.generated.json
node bench/peers.mjs --save              # results/peers-<vectors>.generated.json, of what test/peers/README.md says how to make
node bench/plot.mjs                      # this page
\`\`\`

\`peers/export_torch.py\` says what its environment needs. \`smxc bench\` compares any two files the same way.
`,
);
