/**
 * Fits the constants of the cost model to bench/results/layers-<target>-<vectors>.generated.json, for each kind of machine apart:
 * non-negative least squares on relative errors, by coordinate descent. Prints them, how well the model predicts, and what the choice
 * by the mean over the machines costs on each of them.
 *
 *     node bench/fit-costs.mjs
 */
import { readFileSync } from "node:fs";
import { cellsPerStrip, stripCount } from "../dist/src/lowerings/winograd/strip-count.js";

const TAPS = 9;
const EXPERTS = 4;
const FORMS = { f4x4: [4, 4], f4x6: [4, 6], f6x6: [6, 6] };
/** The terms of src/lowerings/winograd/cost.ts, in its order. */
const TERMS = [
  "constant",
  "direct",
  "gather",
  "product",
  "transform",
  "mix",
  "points",
  "pack",
  "copy",
  "ragged",
  "layer",
];

/**
 * Nanoseconds for each element that moves between a canvas and the layout of pictures. Not fitted, since it goes with the transforms,
 * but measured: a Transpose takes 0.5 to 1.2 on the CPU and 0.4 to 1.8 on WASM, more the larger the value.
 */
const LAYOUT = 0.8;

/** What a layer does, in units of each term. */
function termsOf({ channels, out, size }, variant) {
  const row = Object.fromEntries(TERMS.map((term) => [term, 0]));
  const area = size * size;
  const macs = channels * out * TAPS * area;
  if (variant === "constant") return { ...row, constant: macs };
  const mixed = { mix: EXPERTS * channels * out * TAPS };
  if (variant === "direct") return { ...row, ...mixed, direct: macs, gather: channels * TAPS * area };
  const [m1, m2] = FORMS[variant.replace(/^(constant|open)-/, "")];
  const [n1, n2] = [m1 + 2, m2 + 2];
  const rows = Math.ceil(size / m1);
  const columns = Math.ceil(size / m2);
  const strips = stripCount(rows, columns, cellsPerStrip(Math.max(channels, out)));
  const cells = strips * Math.ceil(rows / strips) * columns;
  const points = n1 * n2;
  const moved = cells * (channels * (n2 * m1 + points) + out * (points + n2 * m1 + m1 * m2));
  const open = variant.startsWith("open-");
  const whole = strips === 1 && size % m1 === 0 && size % m2 === 0;
  return {
    ...row,
    ...(variant.startsWith("constant-") ? {} : { ...mixed, points: channels * out * (TAPS + points) }),
    product: points * cells * channels * out,
    pack: points * channels * out * strips,
    copy: whole && !open ? 0 : area * channels,
    ragged: open || strips * Math.ceil(rows / strips) * m1 !== size ? cells * m1 * m2 * out : 0,
    transform: moved,
    layer: 1,
  };
}

/** Non-negative x that makes every row's product with it about 1. */
function solve(rows) {
  const x = TERMS.map(() => 0);
  const residual = rows.map(() => -1);
  for (let sweep = 0; sweep < 5000; sweep++) {
    for (let t = 0; t < TERMS.length; t++) {
      const square = rows.reduce((sum, row) => sum + row[t] * row[t], 0);
      if (square === 0) continue;
      const slope = rows.reduce((sum, row, i) => sum + row[t] * residual[i], 0);
      const next = Math.max(0, x[t] - slope / square);
      rows.forEach((row, i) => {
        residual[i] += row[t] * (next - x[t]);
      });
      x[t] = next;
    }
  }
  return x;
}

/** The measurements of one machine, and the model fitted to them. */
function fitted(target, vectors) {
  const file = new URL(`./results/layers-${target}-${vectors}.generated.json`, import.meta.url);
  const cases = JSON.parse(readFileSync(file, "utf8"));
  const samples = cases.flatMap(({ units, width, size, ms }) =>
    Object.entries(ms)
      .filter(([variant]) => variant !== "empty")
      .map(([variant, time]) => {
        const wide = units * width;
        const layers = [
          termsOf({ channels: units, out: wide, size }, variant),
          termsOf({ channels: wide, out: units, size }, variant),
        ];
        const sum = TERMS.map((term) => layers[0][term] + layers[1][term]);
        // A block on a canvas enters it and leaves it.
        const moved = variant === "constant" || variant === "direct" ? 0 : 2 * units * size * size;
        const layout = LAYOUT * moved;
        return { problem: `${units}x${width}@${size}`, variant, ns: (time - ms.empty) * 1e6, layout, sum };
      }),
  );
  const x = solve(samples.map(({ sum, ns, layout }) => sum.map((count) => count / (ns - layout))));
  const predicted = ({ sum, layout }) => sum.reduce((total, count, t) => total + count * x[t], layout);
  return { vectors, samples: samples.map((sample) => ({ ...sample, predicted: predicted(sample) })), x };
}

for (const target of ["cpu", "wasm"]) {
  const machines = ["avx2", "avx512"].map((vectors) => fitted(target, vectors));
  for (const { vectors, samples, x } of machines) {
    console.log(target, vectors, Object.fromEntries(TERMS.map((term, t) => [term, Number(x[t].toPrecision(3))])));
    const errors = samples.map((sample) => sample.predicted / sample.ns - 1).sort((a, b) => a - b);
    const at = (share) => `${(100 * errors[Math.round(share * (errors.length - 1))]).toFixed(0)} %`;
    console.log(`  prediction against measurement: median ${at(0.5)}, 90 % between ${at(0.05)} and ${at(0.95)}`);
  }
  for (const kind of ["dynamic", "constant", "open"]) {
    const lost = [...new Set(machines[0].samples.map(({ problem }) => problem))].map((problem) => {
      const own = machines.map(({ samples }) =>
        samples.filter((sample) => sample.problem === problem && ofKind(sample.variant, kind)),
      );
      const judged = own[0].map(({ variant }, v) => ({
        variant,
        cost: own.reduce((p, each) => p * each[v].predicted, 1),
      }));
      const { variant } = judged.reduce((a, b) => (b.cost < a.cost ? b : a));
      const ratios = own.map((each) => {
        const best = Math.min(...each.map(({ ns }) => ns));
        return (each.find((sample) => sample.variant === variant).ns / best).toFixed(2);
      });
      return `${problem} ${variant} ${ratios.join("/")}`;
    });
    console.log(`  ${kind}: what is chosen, in times of the best: ${lost.join(", ")}`);
  }
}

function ofKind(variant, kind) {
  if (kind === "constant") return variant.startsWith("constant");
  if (kind === "open") return variant === "direct" || variant.startsWith("open-");
  return variant === "direct" || /^f\d/.test(variant);
}
