/** Links of what people read: each leads to a file of the repository, and to a heading that the file has. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";
import { slugOf } from "../../docs/.vitepress/slug.mjs";
import { ROOT } from "../support/pages.js";

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
    .map((name) => join(folder, name));

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...["docs", "examples", "bench/results", "fixtures"].flatMap(markdownIn),
];

const withoutBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, "");

function anchorsOf(path: string): ReadonlySet<string> {
  const headings = withoutBlocks(readFileSync(path, "utf8")).matchAll(/^#+ (.*)$/gm);
  return new Set([...headings].map(([, heading]) => slugOf(heading!.replaceAll("`", ""))));
}

function broken(page: string): readonly string[] {
  const text = withoutBlocks(readFileSync(join(ROOT, page), "utf8"));
  const links = [...text.matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter((link) => {
    const [path, anchor] = link.split("#");
    const target = path === "" ? join(ROOT, page) : resolve(ROOT, dirname(page), path!);
    if (!existsSync(target)) return true;
    return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).has(decodeURIComponent(anchor));
  });
}

it("sees the pages", () => {
  expect(PAGES.length).toBeGreaterThan(180);
  expect(PAGES).toEqual(expect.arrayContaining(["README.md", "docs/README.md", "docs/learn/getting-started.md"]));
});

it("every link leads to a file, and to a heading of it", () => {
  const all = PAGES.flatMap((page) => broken(page).map((link) => `${page}: ${link}`));
  expect(all).toEqual([]);
});

it.each(["learn", "reference", "explain", "contributing"])(
  "every page of docs/%s stands in the site's sidebar",
  (folder) => {
    const sidebar = readFileSync(join(ROOT, "docs/.vitepress/sidebar.mjs"), "utf8");
    const pages = readdirSync(join(ROOT, "docs", folder)).filter((name) => name.endsWith(".md"));
    expect(pages.filter((name) => !sidebar.includes(`"/${folder}/${name.replace(/\.md$/, "")}"`))).toEqual([]);
  },
);
