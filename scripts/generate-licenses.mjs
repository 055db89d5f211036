/**
 * Writes THIRD-PARTY-LICENSES.md: what of others is in the package, by the bundles of the page and the program that were built (npm run build first),
 * and what an installation brings, by the lockfile; or prints it, with --print.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const ROOT = new URL("../", import.meta.url);
const FILE = new URL("THIRD-PARTY-LICENSES.md", ROOT);
const read = (path) => readFileSync(new URL(path, ROOT), "utf8");
const readJson = (path) => JSON.parse(read(path));

const HEAD = `# Licences of others

Written by \`scripts/generate-licenses.mjs\`. smxc itself has the MIT licence ([LICENSE](LICENSE)).

## In the package

- \`dist/cli\`, the program, and \`dist/web\`, the page of \`smxc serve\`, contain the packages below, each with its licence, and short
  helpers of [Vite](https://vite.dev) and [Rolldown](https://rolldown.rs) (MIT). ONNX Runtime's own parts are listed in its
  [ThirdPartyNotices.txt](https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt).
- \`models\`: the networks were trained for smxc and have its licence.
- The photographs of the page, in \`dist/web/assets\`, are sample data of scikit-image: the astronaut is NASA's (public domain), the cat
  (chelsea) and the cup (coffee) are CC0.
- \`dist/src/onnx/schemas\`: operators' schemas, taken from [onnx](https://github.com/onnx/onnx)
  (Apache-2.0, whose text stands below, at long).
- \`schemas/triton\`: NVIDIA's \`model_config.proto\` (BSD-3-Clause), with its licence beside it.
`;

const INSTALLED_HEAD = `
## What an installation brings

npm installs these packages beside smxc; each has its licence in its own folder. Optional ones are left out by \`--omit=optional\`, and
npm takes those for the machine only.

**libvips.** sharp reads and writes pictures by [libvips](https://www.libvips.org), which comes in \`@img/sharp-libvips-*\` (in
\`@img/sharp-win32-*\` on Windows) as a shared library under the LGPL, version 3 or later. So do the parts of it: fribidi, glib,
libexif, libheif, librsvg, pango and proxy-libintl. The README of each such package lists all parts with their licences; sources and the way
to build and replace them: [sharp-libvips](https://github.com/lovell/sharp-libvips). Without sharp, smxc cannot read or write pictures; all else
works.

| package | version | licence | |
|---|---|---|---|
`;

function fenced(text) {
  return `\`\`\`text\n${text.trim()}\n\`\`\``;
}

/** The text that the package has, or ours of it where it has none. */
function licenseText(folder, name) {
  const file = readdirSync(new URL(folder, ROOT)).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  if (file !== undefined) return read(`${folder}/${file}`);
  const ours = new URL(`licenses/${name.replace("/", "+")}.txt`, import.meta.url);
  if (!existsSync(ours)) throw new Error(`${folder} has no licence: put its text into scripts/licenses/${name}.txt`);
  return readFileSync(ours, "utf8");
}

function bundled(folder) {
  const { name, version, license, homepage, repository } = readJson(`${folder}/package.json`);
  const home = homepage ?? (repository?.url ?? repository ?? "").replace(/^git\+|\.git$/g, "");
  return `\n### ${name} ${version} (${license})\n\n<${home}>\n\n${fenced(licenseText(folder, name))}\n`;
}

function installed([path, { version, license, optional, devOptional }]) {
  // devOptional: development needs it too.
  const note = optional || devOptional ? "optional" : "";
  return `| ${path.replace(/^.*node_modules\//, "")} | ${version} | ${license} | ${note} |\n`;
}

const packages = [...new Set(["page", "program"].flatMap((part) => readJson(`dist/${part}-packages.json`)))].toSorted();
const brought = Object.entries(readJson("package-lock.json").packages).filter(([path, { dev }]) => path !== "" && !dev);
const text = [HEAD, ...packages.map(bundled), INSTALLED_HEAD, ...brought.map(installed)].join("");

if (process.argv.includes("--print")) process.stdout.write(text);
else writeFileSync(FILE, text);
