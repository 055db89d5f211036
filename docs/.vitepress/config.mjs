/**
 * The documentation as a site: `npm run site` while you write, `npm run site:build` for static files in out/site. It
 * loads nothing from other hosts. SITE_BASE is the path that it is served under, `/` if nothing is set.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { REPOSITORY, useLinksOnSite } from "./links.mjs";
import { SIDEBAR } from "./sidebar.mjs";
import { slugOf } from "./slug.mjs";

const out = (name) => fileURLToPath(new URL(`../../out/${name}`, import.meta.url));
const icon = readFileSync(new URL("../../web/src/icon.svg", import.meta.url)).toString("base64");
const logo = `data:image/svg+xml;base64,${icon}`;

/** Shiki gives up a line after half a second, which a busy machine needs for the first line of a language. */
function highlightToTheEnd(highlighter) {
  const { codeToHtml } = highlighter;
  highlighter.codeToHtml = (code, options) => codeToHtml(code, { ...options, tokenizeTimeLimit: 0 });
}

export default defineConfig({
  title: "smxc",
  description: "Enlarge and repair pictures with the networks you have, faster than they ran before.",
  lang: "en",
  base: process.env.SITE_BASE ?? "/",
  outDir: out("site"),
  cacheDir: out("site-cache"),
  rewrites: {
    "README.md": "index.md",
    "families/README.md": "families/index.md",
    "rules/README.md": "rules/index.md",
  },
  head: [["link", { rel: "icon", href: logo, type: "image/svg+xml" }]],
  markdown: {
    // What stands in angle brackets is text, as on GitHub.
    html: false,
    anchor: { slugify: slugOf },
    config: useLinksOnSite,
    shikiSetup: highlightToTheEnd,
  },
  themeConfig: {
    logo,
    nav: [
      { text: "Learn", link: "/learn/getting-started", activeMatch: "/learn/" },
      { text: "Reference", link: "/reference/cli", activeMatch: "/(reference|families|rules)/" },
      { text: "Explain", link: "/explain/context", activeMatch: "/(explain|trust)" },
      { text: "Glossary", link: "/glossary" },
    ],
    sidebar: SIDEBAR,
    outline: [2, 3],
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: REPOSITORY }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path`, text: "Edit this page on GitHub" },
    footer: { message: "MIT licence" },
  },
});
