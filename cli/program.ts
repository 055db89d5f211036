/** From a command line to an exit code: the parser finds the action of a command, of which alone the file is loaded; errors end here. */
import { CommanderError } from "commander";
import { SmxcError } from "../src/base/diagnostics.js";
import { Markup } from "../src/base/text/markup.js";
import { printableLine } from "../src/base/text/printable.js";
import type { Command, CommandEntry } from "./flags/command.js";
import { noCommand } from "./flags/errors.js";
import { EXIT, type ExitCode } from "./flags/exit-code.js";
import { createParser, PROGRESS_FLAG } from "./flags/parser.js";
import { spreadLists } from "./flags/spread-lists.js";
import { createOutput, type Output, type Streams } from "./terminal/output.js";
import { defect, isSystemError, systemError } from "./terminal/system-errors.js";

export interface ProgramSpec {
  readonly commands: readonly CommandEntry[];
  readonly version: string;
}

/**
 * @param words what follows the program's name
 * @returns when everything is printed
 */
export async function runProgram(words: readonly string[], streams: Streams, spec: ProgramSpec): Promise<ExitCode> {
  const argv = withProgressJoined(words);
  const env = argv.includes("--no-color") ? { ...streams.env, NO_COLOR: "1" } : streams.env;
  const options = {
    json: argv.includes("--json"),
    quiet: argv.includes("--quiet") || argv.includes("-q"),
    progressJson: argv.includes(`${PROGRESS_FLAG}=json`),
  };
  const output = createOutput({ ...streams, env }, options);
  // A reader that has gone away closes the pipe: what it no longer wants is dropped, the work goes on.
  for (const stream of [streams.stdout, streams.stderr]) stream.on("error", ignore);
  try {
    return await dispatch(argv, spec, output, { ...streams, env });
  } catch (cause) {
    return await failure(cause, output, streams, spec.version);
  }
}

/** What an error is to the shell; prints it. */
export async function failure(
  cause: unknown,
  output: Output,
  { stderr }: Pick<Streams, "stderr">,
  version: string,
): Promise<ExitCode> {
  const known = isSystemError(cause) ? systemError(cause) : cause;
  if (known instanceof SmxcError) {
    await output.fail(known.diagnostics);
    return known.kind === "invalid" ? EXIT.bad : EXIT.usage;
  }
  await output.fail([defect(cause)]);
  stderr.write(`${stackText(cause)}\nsmxc ${version}, Node ${process.version}, ${process.platform} ${process.arch}\n`);
  return EXIT.defect;
}

async function dispatch(
  argv: readonly string[],
  spec: ProgramSpec,
  output: Output,
  streams: Streams,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.good;
  const help: string[] = [];
  const words = helpAsFlag(argv, spec.commands);
  const commands = await loadMeant(words, spec.commands);
  const parser = createParser({ ...spec, commands }, streams, {
    help: (text) => help.push(text),
    async call(command, args, options) {
      code = await command.action(output, args, options);
    },
  });
  try {
    await parser.parseAsync(spreadLists(words, commands), { from: "user" });
  } catch (cause) {
    const missing = cause instanceof CommanderError && cause.code === "commander.help";
    if (missing && !output.json && !output.quiet) streams.stderr.write(`${help.join("")}\n`);
    if (missing) throw noCommand();
    if (!(cause instanceof CommanderError)) throw cause;
  }
  if (help.length > 0) await output.print(Markup.trusted(help.join("")));
  return code;
}

/** `--progress json` as one word, so that its value is taken for no command or file before the command line is parsed. */
function withProgressJoined(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  const at = words.indexOf(PROGRESS_FLAG);
  const value = words[at + 1];
  if (at < 0 || (end >= 0 && end < at) || value === undefined || value.startsWith("-")) return words;
  return withProgressJoined([...words.slice(0, at), `${PROGRESS_FLAG}=${value}`, ...words.slice(at + 2)]);
}

/** The commands that begin with the first word, or all where none does: help lists them, an error names the nearest. */
function loadMeant(argv: readonly string[], entries: readonly CommandEntry[]): Promise<readonly Command[]> {
  const word = argv.find((token) => !token.startsWith("-"));
  const meant = entries.filter(({ name }) => firstWord(name) === word);
  return Promise.all((meant.length > 0 ? meant : entries).map(({ load }) => load()));
}

/** `help`, as a command and of commands, in the form of a flag; of an unknown command it is that command's error. */
function helpAsFlag(argv: readonly string[], entries: readonly CommandEntry[]): readonly string[] {
  const [first, name, ...rest] = argv;
  if (first !== "help") return argv;
  if (name === undefined || name.startsWith("-")) return ["--help", ...argv.slice(1)];
  if (!entries.some((entry) => firstWord(entry.name) === name)) return [name, ...rest];
  // Of two words, the second may follow.
  const words = entries.some((entry) => entry.name === `${name} ${rest[0]}`) ? 1 : 0;
  return [name, ...rest.slice(0, words), "--help", ...rest.slice(words)];
}

function firstWord(name: string): string {
  return name.split(" ")[0]!;
}

/** The stack trace; what the message has from files ends no line. */
function stackText(cause: unknown): string {
  const { name, message, stack = "" } = cause instanceof Error ? cause : new Error(String(cause));
  const calls = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return [`${name}: ${message}`, ...calls].map(printableLine).join("\n");
}

function ignore(): void {}
