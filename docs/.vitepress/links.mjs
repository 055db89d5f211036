/**
 * The pages are Markdown that GitHub shows too, so their links are paths of files. On the site a page is where its file
 * is, but README.md is the index of its folder, and files outside of the site are shown by GitHub.
 */
import { existsSync, statSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DOCS = resolve(ROOT, "docs");

export const REPOSITORY = "https://github.com/smxc/smxc";

const isInside = (path, folder) => path === folder || path.startsWith(folder + sep);

/**
 * What a link of a page becomes on the site.
 *
 * @param file the page's path, absolute
 * @throws where the link leads to no file
 */
export function linkOnSite(file, link) {
  if (/^(?:[a-z]+:|#|\/)/i.test(link)) return link;
  const [path, hash] = link.split(/(?=#)/);
  const target = resolve(dirname(file), decodeURIComponent(path));
  if (!existsSync(target)) throw new Error(`${relative(ROOT, file)} links to ${link}: there is no such file`);
  const isFolder = statSync(target).isDirectory();
  if (isInside(target, DOCS) && (isFolder || target.endsWith(".md"))) {
    const page = isFolder ? `${path.replace(/\/?$/, "/")}index.md` : path.replace(/README\.md$/, "index.md");
    return page + (hash ?? "");
  }
  const kind = isFolder ? "tree" : "blob";
  return `${REPOSITORY}/${kind}/main/${relative(ROOT, target).split(sep).join("/")}${hash ?? ""}`;
}

/** Makes a markdown-it of VitePress's write the site's links. */
export function useLinksOnSite(markdown) {
  markdown.core.ruler.push("links-on-site", ({ tokens, env }) => {
    const links = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === "link_open");
    for (const link of links) link.attrSet("href", linkOnSite(env.realPath ?? env.path, link.attrGet("href")));
  });
}
