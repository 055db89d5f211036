/** What bench/peers.mjs kept, as a part of results/README.md. */
import { existsSync, readFileSync } from "node:fs";

const results = new URL("./results/", import.meta.url);

/** @param machines `{vectors, title}` of each kind of machine; those without figures are left out */
export function peersSection(machines) {
  const measured = machines.filter(({ vectors }) => existsSync(fileOf(vectors)));
  if (measured.length === 0) return "";
  return `## Whole networks against PyTorch's export

Networks of full size with random weights ([how](../../test/peers/README.md)), batch 1, both graphs in ONNX Runtime in turn: least and
median milliseconds of processor time, ratio of the least, and median of the ratios within a round.

${measured.map(table).join("\n")}
`;
}

function fileOf(vectors) {
  return new URL(`peers-${vectors}.generated.json`, results);
}

function table({ vectors, title }) {
  const { results: entries } = JSON.parse(readFileSync(fileOf(vectors), "utf8"));
  const rows = entries.map(({ network, exporter, threads, rounds, cpu }) => {
    const time = ({ least, median }) => `${least} (${median})`;
    const cells = [
      network,
      exporter,
      threads,
      rounds,
      time(cpu.pytorchMs),
      time(cpu.smxcMs),
      cpu.ratio.least,
      cpu.ratio.paired,
    ];
    return `| ${cells.join(" | ")} |\n`;
  });
  return `${title}:

| network | exporter | threads | rounds | PyTorch's export, ms | smxc, ms | ratio | in a round |
|---|---|---|---|---|---|---|---|
${rows.join("")}`;
}
