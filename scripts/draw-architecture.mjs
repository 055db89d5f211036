/**
 * Writes docs/architecture.svg: the folders of src and cli in their order, from docs/architecture.json, which the test of
 * imports reads too (test/unit/architecture.test.ts); or prints it, with --print.
 */
import { readFileSync, writeFileSync } from "node:fs";

const WIDTH = 880;
const MARGIN = 20;
/** Where the boxes begin: names of layers stand left of them. */
const LEFT = 170;
const GAP = 10;
const BOX = { width: 162, height: 46 };
const PER_ROW = Math.floor((WIDTH - LEFT - MARGIN + GAP) / (BOX.width + GAP));

const order = JSON.parse(readFileSync(new URL("../docs/architecture.json", import.meta.url), "utf8"));
/** The last layer stands on top. */
const layers = [...order.src, ...order.cli].reverse();

const STYLE = `
    .ground { fill: #f6f6f3 } .layer { fill: #ffffff; stroke: #d9d9d4 } .box { fill: #e3eef5; stroke: #0b5c8a }
    .name { fill: #1a1c1f; font: 600 13px system-ui, sans-serif } .note { fill: #565b62; font: 11px system-ui, sans-serif }
    .arrow { stroke: #565b62; stroke-width: 1.5; fill: none }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #131416 } .layer { fill: #1b1d20; stroke: #32363b } .box { fill: #16303f; stroke: #74bde8 }
      .name { fill: #e8e9eb } .note { fill: #a3a9b1 } .arrow { stroke: #a3a9b1 }
    }`;

const text = (kind, x, y, content) => `<text class="${kind}" x="${x}" y="${y}">${content}</text>`;

function boxOf([name, note], index, top) {
  const x = LEFT + (index % PER_ROW) * (BOX.width + GAP);
  const y = top + GAP + Math.floor(index / PER_ROW) * (BOX.height + GAP);
  const frame = `<rect class="box" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="5"/>`;
  return `  ${frame}${text("name", x + 10, y + 19, name)}${text("note", x + 10, y + 36, note)}`;
}

const heightOf = ({ parts }) => GAP + Math.ceil(Object.keys(parts).length / PER_ROW) * (BOX.height + GAP);

function drawing() {
  let top = MARGIN;
  const bands = layers.map((layer) => {
    const height = heightOf(layer);
    const band = [
      `  <rect class="layer" x="${MARGIN}" y="${top}" width="${WIDTH - 2 * MARGIN}" height="${height}" rx="8"/>`,
      `  ${text("name", MARGIN + 34, top + height / 2 + 4, layer.layer)}`,
      ...Object.entries(layer.parts).map((part, index) => boxOf(part, index, top)),
    ];
    top += height + GAP;
    return band.join("\n");
  });
  const [from, to] = [MARGIN + 14, top - GAP - 14];
  const x = MARGIN + 16;
  const arrow = `  <path class="arrow" d="M${x} ${from}V${to}M${x - 5} ${to - 8}L${x} ${to}L${x + 5} ${to - 8}"/>`;
  const note = text("note", MARGIN, top + 10, "A part imports only what stands below it, or before it in its layer.");
  const height = top + MARGIN + 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
  <title>The parts of smxc in their order</title>
  <style>${STYLE}
  </style>
  <rect class="ground" width="${WIDTH}" height="${height}" rx="10"/>
${bands.join("\n")}
${arrow}
  ${note}
</svg>
`;
}

if (process.argv.includes("--print")) process.stdout.write(drawing());
else writeFileSync(new URL("../docs/architecture.svg", import.meta.url), drawing());
