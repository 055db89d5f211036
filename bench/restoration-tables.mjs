/** The measurements of restoration networks as tables in Markdown. */
const markdown = (header, rows) =>
  [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");

const VARIANTS = ["direct", "open", "fixed", "document, open", "document, fixed", "folded"];
const TORCH = ["eager", "channels_last", "compile"];
const ORDER = ["target", "threads", "network", "size"];
const collator = new Intl.Collator("en", { numeric: true });

export function inOrder(entries) {
  return [...entries].sort((a, b) => {
    const key = ORDER.find((each) => a[each] !== b[each]);
    return key === undefined ? 0 : collator.compare(a[key], b[key]);
  });
}

/** Processor time of one thread, wall clock of several. */
const kindOf = ({ threads }) => (threads === 1 ? "cpu" : "wall");
const ratio = (value, base) => (value === undefined ? "–" : (value / base).toFixed(2));

/** Each graph's least time in those of the baseline, with the ratio of the medians behind it. */
export function timesTable(entries) {
  const rows = inOrder(entries).map((entry) => {
    const kind = kindOf(entry);
    const [minima, medians] = [entry[`${kind}Ms`], entry[`${kind}MedianMs`]];
    const base = baselineOf(entry);
    const both = (name) =>
      minima[name] === undefined
        ? "–"
        : `${ratio(minima[name], minima[base])} (${ratio(medians[name], medians[base])})`;
    const torch = TORCH.map((mode) => ratio(entry.torch?.[`${kind}Ms`]?.[mode], minima[base]));
    const { target, threads, network, size, rounds } = entry;
    const exported = base === "export" ? "1" : both("export");
    return [
      target,
      threads,
      network,
      `${size}²`,
      minima[base].toFixed(1),
      exported,
      ...VARIANTS.map(both),
      ...torch,
      rounds,
    ];
  });
  const torch = TORCH.map((mode) => `PyTorch ${mode}`);
  return markdown(
    ["target", "threads", "network", "size", "baseline, ms", "export", ...VARIANTS, ...torch, "rounds"],
    rows,
  );
}

/** What a network with mixed kernels is compared with has constant ones; all others with PyTorch's export. */
export const baselineOf = (entry) => (entry.cpuMs.constant === undefined ? "export" : "constant");

export function costsTable(entries) {
  const rows = inOrder(entries).map(
    ({ target, network, weightBytes, bytes, openMs, openCpuMs, peakMB, error, largestOutput }) => [
      target,
      network,
      (weightBytes / 1e6).toFixed(2),
      (bytes.open / weightBytes).toFixed(3),
      ((bytes.open - 1.05 * weightBytes) / 1000).toFixed(0),
      `${openMs.export} → ${openMs.open}`,
      `${openCpuMs.export} → ${openCpuMs.open} (${(openCpuMs.open / openCpuMs.export).toFixed(2)})`,
      `${peakMB.export} → ${peakMB.open}`,
      (error.export / largestOutput).toExponential(1),
      (error.open / largestOutput).toExponential(1),
      largestOutput.toFixed(2),
    ],
  );
  return markdown(
    [
      "target",
      "network",
      "weights, MB",
      "file / weights",
      "kB above 1.05 × weights",
      "opens in, ms",
      "processor time of it, ms",
      "peak, MB",
      "error of the export",
      "error",
      "largest output",
    ],
    rows,
  );
}
