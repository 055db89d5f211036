/**
 * Writes docs/reference/cli.md: every command and flag, as the program has them, with the examples of docs/reference/cli-examples.json; or
 * prints it, with --print. From the build (npm run build first).
 */
import { readFileSync, writeFileSync } from "node:fs";

const { COMMANDS: entries } = await import("../dist/cli-modules/commands/index.js");
const { GLOBAL_FLAGS } = await import("../dist/cli-modules/flags/parser.js");

const commands = await Promise.all(entries.map(({ load }) => load()));

const examples = JSON.parse(readFileSync(new URL("../docs/reference/cli-examples.json", import.meta.url), "utf8"));

const HEAD = `# The command line

Written by \`scripts/generate-cli-docs.mjs\` from the program's own tables and \`docs/reference/cli-examples.json\`; \`smxc <command> --help\` says the same.

Standard output carries the answer only; progress, notes and warnings go to standard error. Exit codes: **0** done and good, **1** the input is
invalid or a verification or check failed, **2** usage error or a file that cannot be read or written, **70** a defect in smxc itself. Files are
written beside their target and renamed into place once complete; an output is never one of the inputs; the same inputs give the same bytes.

Errors under \`--json\` are \`{"schemaVersion":1,"errors":[{"code","message","file","pointer"?,"line"?,"column"?,"place"?,"hint"?}]}\`.
`;

/** `-o, --output <file>` without the value. */
const nameOf = (flags) => flags.replace(/ <.*$/, "");

const cell = (text) => text.replaceAll("|", "\\|");

function rowOf(command, { flags, description, choices, initial, initialText, required, repeatable, parse }) {
  const name = nameOf(flags);
  const example = examples[command]?.[name];
  if (example === undefined) throw new Error(`docs/reference/cli-examples.json has no example of ${command} ${name}`);
  const shown =
    initialText ?? (parse !== undefined && !repeatable && initial !== undefined ? String(initial) : undefined);
  const more = [
    ...(choices === undefined ? [] : [choices.map((choice) => `\`${choice}\``).join(", ")]),
    ...(shown === undefined ? [] : [`default: ${choices ? `\`${shown}\`` : shown}`]),
    ...(required ? ["must be given"] : []),
  ];
  return `| \`${cell(flags)}\` | ${cell([description, ...more].join("; "))} | \`${cell(example)}\` |`;
}

function tableOf(command, options) {
  const rows = options.map((option) => rowOf(command, option));
  return rows.length === 0 ? "" : `\n| flag | what it does | example |\n|---|---|---|\n${rows.join("\n")}\n`;
}

function sectionOf({ name, summary, description, arguments: positional, options }) {
  const terms = positional.map((each) => (each.variadic ? `<${each.name}...>` : `<${each.name}>`));
  const usage = ["smxc", name, ...terms, "[options]"].join(" ");
  const meanings = positional.map((each) => `- \`<${each.name}>\`: ${each.description}\n`);
  const text = description ?? `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return `## smxc ${name}\n\n\`\`\`text\n${usage}\n\`\`\`\n\n${text}\n${meanings.length > 0 ? `\n${meanings.join("")}` : ""}${tableOf(name, Object.values(options))}`;
}

const text = [HEAD, `## Every command\n${tableOf("smxc", GLOBAL_FLAGS)}`, ...commands.map(sectionOf)].join("\n");

if (process.argv.includes("--print")) process.stdout.write(text);
else writeFileSync(new URL("../docs/reference/cli.md", import.meta.url), text);
