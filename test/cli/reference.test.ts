/** docs/reference/cli.md: what it says of commands and flags is what the program has, and its examples are command lines. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMMANDS as ENTRIES } from "../../cli/commands/index.js";
import type { Command } from "../../cli/flags/command.js";
import { createParser, GLOBAL_FLAGS } from "../../cli/flags/parser.js";
import { runNode } from "../support/cli.js";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const EXAMPLES: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  read("docs/reference/cli-examples.json"),
);

const COMMANDS = await Promise.all(ENTRIES.map(({ load }) => load()));

const nameOf = (flags: string): string => flags.replace(/ <.*$/, "");

it("every row of the table loads the command that it names", () => {
  expect(COMMANDS.map(({ name }) => name)).toEqual(ENTRIES.map(({ name }) => name));
});

it("docs/reference/cli.md is what scripts/generate-cli-docs.mjs writes", async () => {
  const script = fileURLToPath(new URL("../../scripts/generate-cli-docs.mjs", import.meta.url));
  const { code, stdout, stderr } = await runNode([script, "--print"], ".");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(read("docs/reference/cli.md")).toBe(stdout);
});

it("has an example of every flag and of nothing else", () => {
  const flags = (command: Command) => Object.values(command.options).map((option) => nameOf(option.flags));
  const expected = [
    ["smxc", GLOBAL_FLAGS.map(({ flags: each }) => nameOf(each))],
    ...COMMANDS.map((command) => [command.name, flags(command)]),
  ] as const;
  const actual = Object.entries(EXAMPLES).map(([command, lines]) => [command, Object.keys(lines)]);
  const sorted = (entries: readonly (readonly (string | readonly string[])[])[]) =>
    new Map(entries.map(([command, names]) => [command, [...(names as readonly string[])].sort()]));
  expect(sorted(actual)).toEqual(sorted(expected));
});

describe("the examples", () => {
  const all = COMMANDS.flatMap(({ name }) =>
    Object.entries(EXAMPLES[name]!).map(([flag, line]) => [name, flag, line] as const),
  );
  it.each(all)("of %s use %s, and parse", async (name, flag, line) => {
    const words = line.split(" ").map((word) => word.replace(/^'(.*)'$/, "$1"));
    expect(words.join(" ").startsWith(`smxc ${name} `)).toBe(true);
    expect(flag.split(", ").some((spelling) => words.includes(spelling))).toBe(true);
    const called: string[] = [];
    const { stdout, stderr } = process;
    const parser = createParser(
      { commands: COMMANDS, version: "1.2.3" },
      { stdout, stderr, env: {} },
      {
        help() {},
        async call(command) {
          called.push(command.name);
        },
      },
    );
    await parser.parseAsync(words.slice(1), { from: "user" });
    expect(called).toEqual([name]);
  });
});
