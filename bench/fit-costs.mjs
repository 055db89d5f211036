/**
 * Fits the constants of the cost model to bench/results/layers-<target>.generated.json: non-negative least squares on relative errors, by
 * coordinate descent. Prints them, and how well the model then predicts and chooses.
 *
 *     node bench/fit-costs.mjs
 */
import { readFileSync } from "node:fs";

const TAPS = 9;
const EXPERTS = 4;
const FORMS = { f4x4: [4, 4], f4x6: [4, 6], f6x6: [6, 6] };
/** The terms of src/lowerings/winograd/cost.ts, in its order. */
const TERMS = ["constant", "direct", "gather", "product", "transform", "mix", "points", "layer", "openTransform"];

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
  const tiles = Math.ceil(size / m1) * Math.ceil(size / m2);
  const moved = tiles * (channels * (n2 * m1 + n1 * n2) + out * (n1 * n2 + n2 * m1 + m1 * m2));
  return {
    ...row,
    ...(variant.startsWith("constant-") ? {} : { ...mixed, points: channels * out * (TAPS + n1 * n2) }),
    product: n1 * n2 * tiles * channels * out,
    [variant.startsWith("open-") ? "openTransform" : "transform"]: moved,
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

for (const target of ["cpu", "wasm"]) {
  const cases = JSON.parse(readFileSync(new URL(`./results/layers-${target}.generated.json`, import.meta.url), "utf8"));
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
        return { units, width, size, variant, ns: (time - ms.empty) * 1e6, sum };
      }),
  );
  const x = solve(samples.map(({ sum, ns }) => sum.map((count) => count / ns)));
  const predicted = ({ sum }) => sum.reduce((total, count, t) => total + count * x[t], 0);
  console.log(target, Object.fromEntries(TERMS.map((term, t) => [term, Number(x[t].toPrecision(3))])));
  const errors = samples.map((sample) => predicted(sample) / sample.ns - 1).sort((a, b) => a - b);
  const at = (share) => `${(100 * errors[Math.round(share * (errors.length - 1))]).toFixed(0)} %`;
  console.log(`  prediction against measurement: median ${at(0.5)}, 90 % between ${at(0.05)} and ${at(0.95)}`);
  for (const kind of ["dynamic", "constant", "open"]) {
    const lost = cases.map(({ units, width, size }) => {
      const own = samples.filter(
        (sample) =>
          sample.units === units && sample.width === width && sample.size === size && ofKind(sample.variant, kind),
      );
      const best = own.reduce((a, b) => (b.ns < a.ns ? b : a));
      const taken = own.reduce((a, b) => (predicted(b) < predicted(a) ? b : a));
      return `${units}x${width}@${size} ${taken.variant} ${(taken.ns / best.ns).toFixed(2)}`;
    });
    console.log(`  ${kind}: what is chosen, in times of the best: ${lost.join(", ")}`);
  }
}

function ofKind(variant, kind) {
  if (kind === "constant") return variant.startsWith("constant");
  if (kind === "open") return variant === "direct" || variant.startsWith("open-");
  return variant === "direct" || /^f\d/.test(variant);
}
