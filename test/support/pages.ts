/** The pages of the documentation as tests read them. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MAIN, temporaryFolder } from "./cli.js";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The text of a page, by its path in the repository. */
export const pageText = (path: string): string => readFileSync(`${ROOT}${path}`, "utf8");

/** A fenced block: ```<language> <note>. */
export interface Block {
  readonly language: string;
  /** `run` where a test runs it, or the name of the file that it is. */
  readonly note: string;
  readonly text: string;
}

export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language, note, text]) => ({
    language: language!,
    note: note!,
    text: text!,
  }));
}

/** A block that runs, and what the page says that it prints. */
export interface Run extends Block {
  readonly prints: readonly string[];
}

/** The blocks of a page that run, in their order. A block of text right behind one is a part of what it prints. */
export function runsOf(markdown: string): readonly Run[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((block, index) => {
    if (block.note !== "run") return [];
    const next = blocks[index + 1];
    return [{ ...block, prints: next?.language === "text" ? next.text.trimEnd().split("\n") : [] }];
  });
}

/** A new folder that sees what a clone has: `fixtures`, the package by its name, and `npx smxc`, which is the built program. */
export function folderLikeClone(): ReturnType<typeof temporaryFolder> & { readonly env: NodeJS.ProcessEnv } {
  const folder = temporaryFolder();
  symlinkSync(`${ROOT}fixtures`, folder.at("fixtures"), "dir");
  mkdirSync(folder.at("node_modules"));
  symlinkSync(ROOT, folder.at("node_modules/smxc"), "dir");
  mkdirSync(folder.at("bin"));
  writeFileSync(folder.at("bin/npx"), `#!/bin/sh\nshift\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(folder.at("bin/npx"), 0o755);
  return { ...folder, env: { ...process.env, PATH: `${folder.at("bin")}:${process.env.PATH}` } };
}
