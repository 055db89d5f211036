/** How β behaves, as one HTML file without scripts: a heat map of layers × experts, of all pictures and of each. */
import { escaped, htmlPage } from "../base/html.js";
import { type BetaScale, betaScale, placeOnScale, scaleEnds } from "./beta-scale.js";
import type { RouterStudy } from "./study.js";

export interface RoutesReport {
  readonly model: string;
  /** In one line: context, pictures, samples. */
  readonly conditions: string;
  readonly pictures: readonly string[];
  readonly routers: readonly RouterStudy[];
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
.scroller { overflow-x: auto; margin-bottom: 1.5rem; }
.scale { white-space: nowrap; }
table { border-collapse: collapse; }
th, td { padding: .1rem .6rem; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
thead th { border-bottom: 1px solid; vertical-align: bottom; }
.blocks { display: inline-flex; width: 8rem; height: 1.1rem; vertical-align: middle; outline: 1px solid #8886; }
.blocks i { flex: 1; }
.legend { display: inline-block; width: 10rem; height: .8rem; margin: 0 .5rem; vertical-align: middle; outline: 1px solid #8886;
  background: linear-gradient(to right, rgb(33 102 172), #f7f7f7, rgb(217 95 14)); }
`;

export function routesHtml({ model, conditions, pictures, routers }: RoutesReport): string {
  const scale = betaScale(
    routers.map((router) => ({ ...router, shares: router.evenness !== undefined, tables: router.pictures })),
  );
  const [least, most] = scaleEnds(scale);
  const map = (titles: readonly string[], tableOf: (router: RouterStudy) => RouterStudy["mean"]): string =>
    heatMap(routers, titles, tableOf, scale);
  const experts = Math.max(...routers.map((router) => router.experts));
  const columns = Array.from({ length: experts }, (_, e) => `expert ${e + 1}`);
  const body = [
    `<h1>${escaped(model)}: routing</h1>`,
    `<p>${escaped(conditions)}</p>`,
    `<p>Each row is a layer. Each column is an expert: one of the kernels that the layer mixes. The stripes in a cell are cardinals: groups of output channels with a β of their own.</p>`,
    `<p class="scale"><span>${least.toFixed(3)}</span><span class="legend"></span><span>${most.toFixed(3)}</span></p>`,
    "<h2>All pictures</h2>",
    statistics(routers),
    map(columns, (router) => router.mean),
    ...pictures.map(
      (picture, index) => `<h2>${escaped(picture)}</h2>\n${map(columns, (router) => router.pictures[index]!)}`,
    ),
  ].join("\n");
  return htmlPage({ title: `${model}: routing`, style: STYLE, body });
}

function statistics(routers: readonly RouterStudy[]): string {
  const head = [
    "layer",
    "experts",
    "blocks",
    "evenness",
    "largest β, mean",
    "most",
    "leading experts",
    "between pictures",
    "within",
  ];
  const rows = routers.map((router) => [
    router.layer,
    router.experts,
    router.cardinals,
    router.evenness?.toFixed(3) ?? "–",
    router.largest.mean.toFixed(3),
    router.largest.most.toFixed(3),
    router.leading,
    router.betweenPictures.toFixed(3),
    router.withinPictures?.toFixed(3) ?? "–",
  ]);
  return rowsTable(
    head,
    rows.map((row) => row.map((cell) => escaped(String(cell)))),
  );
}

function heatMap(
  routers: readonly RouterStudy[],
  titles: readonly string[],
  tableOf: (router: RouterStudy) => RouterStudy["mean"],
  scale: BetaScale,
): string {
  const rows = routers.map((router) => [
    escaped(router.layer),
    ...titles.map((_, e) => {
      const values = tableOf(router)[e];
      return values === undefined ? "" : cell(values, scale);
    }),
  ]);
  return rowsTable(["layer", ...titles], rows);
}

function cell(values: readonly number[], scale: BetaScale): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const stripes = values.map((value) => `<i style="background:${color(value, scale)}"></i>`).join("");
  const label = values.map((value) => value.toFixed(3)).join(" ");
  return `<span class="blocks" role="img" aria-label="${label}" title="${label}">${stripes}</span> ${mean.toFixed(3)}`;
}

const WHITE = [247, 247, 247] as const;
const LESS = [33, 102, 172] as const;
const MORE = [217, 95, 14] as const;

function color(value: number, scale: BetaScale): string {
  const place = placeOnScale(value, scale);
  const end = place < 0 ? LESS : MORE;
  return `rgb(${WHITE.map((from, i) => Math.round(from + (end[i]! - from) * Math.abs(place))).join(" ")})`;
}

/** @param rows cells as HTML */
function rowsTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = head.map((title) => `<th scope="col">${escaped(title)}</th>`).join("");
  const lines = rows.map((row) => `<tr>${row.map((each) => `<td>${each}</td>`).join("")}</tr>`);
  return `<div class="scroller"><table>
<thead><tr>${titles}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody>
</table></div>`;
}
