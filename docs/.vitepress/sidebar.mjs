/** What stands beside every page, in the order in which it is read. */
import { existsSync, readdirSync } from "node:fs";

const page = (text, link) => ({ text, link });

/** The pages of a folder by their names, which are what they are about. */
const pagesOf = (folder) =>
  readdirSync(new URL(`../${folder}/`, import.meta.url))
    .filter((name) => name !== "README.md")
    .map((name) => name.replace(/\.md$/, ""))
    .map((name) => page(name, `/${folder}/${name}`));

const isThere = ({ link }) => existsSync(new URL(`..${link}.md`, import.meta.url));

const LEARN = [
  page("Getting started", "/learn/getting-started"),
  page("I have a .pth", "/learn/i-have-a-pth"),
  page("I have an .onnx with dynamic kernels", "/learn/dynamic-kernels"),
  page("I have any other .onnx", "/learn/any-onnx"),
  page("I work in Python", "/learn/from-python"),
  page("I write a page or a program", "/learn/write-a-page"),
  page("I run a fleet", "/learn/run-a-fleet"),
  page("I check graphs in CI", "/learn/check-in-ci"),
];

const REFERENCE = [
  page("The command line", "/reference/cli"),
  page("Networks that come with smxc", "/reference/models"),
  page("The model document", "/reference/document"),
  page("Architectures", "/families/"),
  page("Checkpoints", "/reference/checkpoints"),
  page("Pictures: run and eval", "/reference/pictures"),
  page("The page: serve", "/reference/page"),
  page("ONNX operators", "/reference/onnx-operators"),
  page("check", "/reference/check"),
  page("Rules of check", "/rules/"),
  page("inspect and diff", "/reference/inspect"),
  page("routes", "/reference/routes"),
  page("The queue", "/reference/queue"),
  page("Triton", "/reference/triton"),
  page("The runtime", "/reference/runtime"),
  page("smxc/onnx", "/reference/onnx"),
];

const EXPLAIN = [
  page("Contexts: what β is pooled over", "/explain/context"),
  page("Dynamic kernels: raising and batches", "/explain/raising"),
  page("Any exported graph", "/explain/graphs"),
  page("Lowerings", "/explain/lowerings"),
  page("Accuracy: what compile and verify check", "/explain/verify"),
  page("How fast", "/explain/speed"),
  page("Every core", "/explain/cores"),
  page("A thousand machines", "/explain/fleets"),
  page("Where graphs run", "/explain/providers"),
  page("Targets", "/explain/targets"),
  page("Why you can trust it", "/trust"),
];

const CONTRIBUTE = [
  page("The parts and their order", "/contributing/parts"),
  page("Additions by example", "/contributing/by-example"),
  page("First issues", "/contributing/first-steps"),
];

const EVERYWHERE = [
  { text: "Learn", items: LEARN },
  { text: "Reference", collapsed: false, items: REFERENCE },
  { text: "Explain", collapsed: false, items: EXPLAIN.filter(isThere) },
  { text: "Contribute", collapsed: true, items: CONTRIBUTE },
  page("Glossary", "/glossary"),
];

export const SIDEBAR = {
  "/families/": [{ text: "Architectures", link: "/families/", items: pagesOf("families") }, ...EVERYWHERE],
  "/": EVERYWHERE,
};
