/** An evaluation as one HTML file without scripts, in which the pictures lie as data. */
import { escaped, htmlPage } from "../base/html.js";
import { decibelsText } from "../pictures/decibels.js";
import type { Evaluation, Score } from "./evaluate.js";

export interface ReportPicture {
  readonly name: string;
  readonly evaluation: Evaluation;
  /** PNG files, with titles. */
  readonly views: readonly { readonly title: string; readonly png: Uint8Array; readonly width: number }[];
}

export interface Report {
  readonly model: string;
  /** In one line: colours, shave, context. */
  readonly conditions: string;
  readonly baseline: string;
  readonly pictures: readonly ReportPicture[];
  readonly mean: Evaluation;
}

/** Screen pixels for each pixel of a part. */
const ZOOM = 2;

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { padding: .2rem .9rem .2rem 0; text-align: right; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
tr.mean td { border-top: 1px solid; font-weight: 600; }
.views { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; }
figcaption { font-size: .85rem; }
img { image-rendering: pixelated; max-width: 100%; }
`;

export function reportHtml({ model, conditions, baseline, pictures, mean }: Report): string {
  const rows = pictures.map(({ name, evaluation }) => row(name, evaluation));
  const body = `<h1>${escaped(model)}</h1>
<p>${escaped(conditions)}</p>
<table>
<thead><tr><th>picture</th><th>PSNR</th><th>SSIM</th><th>PSNR of ${escaped(baseline)}</th><th>SSIM</th><th>gain</th></tr></thead>
<tbody>
${rows.join("\n")}
${row("mean", mean, ' class="mean"')}
</tbody>
</table>
<p>Below: for each picture, the part in which ${escaped(baseline)} is worst. Errors of a fifth of the range or more are white.</p>
${pictures.map(section).join("\n")}`;
  return htmlPage({ title: `${model}: evaluation`, style: STYLE, body });
}

function row(name: string, { restored, baseline }: Evaluation, attributes = ""): string {
  const gain = restored.psnr - baseline.psnr;
  const cells = [
    escaped(name),
    ...cellsOf(restored),
    ...cellsOf(baseline),
    Number.isFinite(gain) ? `${gain.toFixed(2)} dB` : "–",
  ];
  return `<tr${attributes}>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function cellsOf({ psnr, ssim }: Score): readonly string[] {
  return [decibelsText(psnr), ssim === undefined ? "–" : ssim.toFixed(4)];
}

function section({ name, views }: ReportPicture): string {
  const figures = views.map(
    ({ title, png, width }) =>
      `<figure><img alt="${escaped(`${name}: ${title}`)}" width="${width * ZOOM}" src="data:image/png;base64,${base64(png)}"><figcaption>${escaped(title)}</figcaption></figure>`,
  );
  return `<h2>${escaped(name)}</h2>\n<div class="views">${figures.join("\n")}</div>`;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
