/** β of a run as a heat map: a row for every layer, a column for every expert, a stripe for every cardinal. */

import type { BetaSummary } from "../../../src/restore/beta-summary.js";
import { areShares, type BetaScale, betaScale, placeOnScale, scaleEnds } from "../../../src/routes/beta-scale.js";
import { byId, make, offerFile, withdrawFile } from "../dom.js";
import { movement } from "./sentence.js";

const text = byId("betas-text", HTMLParagraphElement);
const runText = byId("betas-run", HTMLParagraphElement);
const map = byId("betas-map", HTMLDivElement);
const saveButton = byId("betas-download", HTMLButtonElement);

/** @param betas none for a graph that does not show them */
export function showTable(betas: readonly BetaSummary[], name: string): void {
  withdrawFile(saveButton);
  runText.textContent = "";
  if (betas.length === 0) {
    text.textContent = "";
    map.replaceChildren();
    return;
  }
  const scale = betaScale(betas.map((beta) => ({ ...beta, shares: givesShares(beta), tables: [beta.mean] })));
  text.textContent = explanation(betas, scale);
  runText.textContent = movementText(betas);
  map.replaceChildren(legend(scale), table(betas, scale));
  const document = Object.fromEntries(betas.map((beta) => [beta.name, beta.mean]));
  offerFile(
    saveButton,
    `${name}.beta.json`,
    new Blob([`${JSON.stringify(document, null, 1)}\n`], { type: "application/json" }),
  );
}

/** Whether a layer's β are shares, in every block. */
function givesShares({ mean, cardinals }: BetaSummary): boolean {
  return Array.from({ length: cardinals }, (_, d) => mean.map((row) => row[d]!)).every(areShares);
}

function explanation(betas: readonly BetaSummary[], { even }: BetaScale): string {
  const shares = betas.every(givesShares);
  const cardinals = Math.max(...betas.map((beta) => beta.cardinals));
  return [
    "Each row is a layer, with its name in the checkpoint. Each column is an expert: one of the kernels that the layer mixes.",
    shares
      ? `A cell is the share β of that expert for this picture. The shares sum to 1, so equal shares would be ${number(even)}.`
      : "A cell is the weight β of that expert for this picture.",
    cardinals > 1
      ? `The ${cardinals} stripes in a cell are cardinals: groups of output channels with a share of their own. The number is their mean.`
      : "",
  ].join(" ");
}

/** How β moved over the patches of the run. */
function movementText(betas: readonly BetaSummary[]): string {
  const { samples } = betas[0]!;
  if (samples === 1) return "The picture ran in one piece, so there is one β per layer, expert and cardinal.";
  const most = number(Math.max(...betas.map(movement)));
  return `The picture ran as ${samples} patches, each with its own β. Cells show the mean; the last column shows how much β changed from patch to patch, at most ${most}.`;
}

function legend(scale: BetaScale): HTMLElement {
  const { even } = scale;
  const [least, most] = scaleEnds(scale);
  const bar = make("span", { class: "legend-bar", "aria-hidden": "true" });
  return make(
    "p",
    { class: "legend" },
    make("span", {}, number(least)),
    bar,
    make("span", {}, number(most)),
    make("span", { class: "legend-text" }, `blue: less than ${number(even)} · orange: more`),
  );
}

function table(betas: readonly BetaSummary[], scale: BetaScale): HTMLElement {
  const experts = Math.max(...betas.map((beta) => beta.experts));
  const moves = betas[0]!.samples > 1;
  const columns = Array.from({ length: experts }, (_, e) => make("th", { scope: "col" }, `expert ${e + 1}`));
  const head = make("tr", {}, make("th", { scope: "col" }, "layer"), ...columns);
  if (moves) head.append(make("th", { scope: "col" }, "moves by"));
  const rows = betas.map((beta) => {
    const cells = Array.from({ length: experts }, (_, e) => cell(beta, e, scale));
    const row = make("tr", {}, make("th", { scope: "row" }, beta.name.slice("beta.".length)), ...cells);
    if (moves) row.append(make("td", { class: "moves" }, number(movement(beta))));
    return row;
  });
  const wrapped = make(
    "div",
    { class: "map-scroller", role: "group", tabindex: "0", "aria-label": "β of every layer" },
    make("table", { class: "map" }, make("thead", {}, head), make("tbody", {}, ...rows)),
  );
  return wrapped;
}

function cell(
  { name, mean, least, most, samples, cardinals }: BetaSummary,
  expert: number,
  scale: BetaScale,
): HTMLElement {
  const values = mean[expert];
  if (values === undefined) return make("td", {}, "–");
  const strip = make("span", { class: "shares", "aria-hidden": "true" });
  strip.style.backgroundImage = stripes(values, scale);
  strip.addEventListener("pointermove", ({ offsetX }) => {
    const d = Math.min(cardinals - 1, Math.max(0, Math.floor((offsetX / strip.offsetWidth) * cardinals)));
    const range = samples > 1 ? `, ${number(least[expert]![d]!)} to ${number(most[expert]![d]!)} over the patches` : "";
    const which = cardinals > 1 ? `, cardinal ${d + 1}` : "";
    strip.title = `${name.slice("beta.".length)}, expert ${expert + 1}${which}: ${number(values[d]!)}${range}`;
  });
  return make("td", {}, strip, make("span", { class: "number" }, number(values.reduce((a, b) => a + b) / cardinals)));
}

/** One colour beside the other; the colours themselves are the theme's. */
function stripes(values: readonly number[], scale: BetaScale): string {
  const stops = values.map((value, index) => {
    const place = placeOnScale(value, scale);
    const strength = (100 * Math.abs(place)).toFixed(1);
    const colour = `color-mix(in oklab, var(${place < 0 ? "--less" : "--more"}) ${strength}%, var(--even))`;
    return `${colour} ${(100 * index) / values.length}% ${(100 * (index + 1)) / values.length}%`;
  });
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

function number(value: number): string {
  return value.toFixed(3);
}
