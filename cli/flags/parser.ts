/** The table of commands as commander's parser, with its help. */
import { type Argument, Command as Commander, Option } from "commander";
import { wantsColor } from "../terminal/colors.js";
import type { OutputStream, Streams } from "../terminal/output.js";
import { type ArgumentSpec, COMMAND_FAMILIES, type Command, type Example, type OptionSpec } from "./command.js";
import { usageError } from "./errors.js";

const SUMMARY =
  "A compiler for neural networks: reads an ONNX graph or a PyTorch checkpoint, writes an ONNX graph that computes the same and runs faster.";

const EXAMPLES: readonly Example[] = [
  { does: "Enlarge a picture with a network that comes with smxc", line: "smxc run nsr-x2 photo.png -o larger.png" },
  { does: "Turn a PyTorch checkpoint into a model document and its weights", line: "smxc import net.pth -o net.json" },
  {
    does: "Compile the document to an ONNX graph, and check the result",
    line: "smxc compile net.json -o net.onnx",
  },
];

/** Longer lines are hard to read. */
const WIDEST_HELP = 100;

const EXIT_CODES = `${bold("Exit codes:")}
  0   success
  1   the input is invalid, or a verification or check failed
  2   usage error, or a file cannot be read or written
  70  a defect in smxc itself
`;

const MORE = `smxc <command> --help explains one command.
`;

interface GlobalFlag {
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
}

export const PROGRESS_FLAG = "--progress";

const VERSION_FLAG: GlobalFlag = { flags: "-V, --version", description: "print the version" };
const HELP_FLAG: GlobalFlag = { flags: "-h, --help", description: "print this help, or the help of a command" };
const OUTPUT_FLAGS: readonly GlobalFlag[] = [
  { flags: "--json", description: "print the answer, or the errors, as one JSON document" },
  { flags: "-q, --quiet", description: "print no progress, notes or warnings" },
  {
    flags: `${PROGRESS_FLAG} <form>`,
    description:
      'json: write progress to standard error as lines {"done","total","seconds","secondsLeft","what"}, also if it is not a terminal',
    choices: ["json"],
  },
  { flags: "--no-color", description: "print without colours, like the environment variable NO_COLOR" },
];

/** What every command takes. */
export const GLOBAL_FLAGS: readonly GlobalFlag[] = [VERSION_FLAG, HELP_FLAG, ...OUTPUT_FLAGS];

export interface ParserEvents {
  /** Receives pieces of help, and the version. */
  help(text: string): void;
  /** A command was found, and its arguments and options are good. */
  call(command: Command, args: readonly unknown[], options: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Parsing throws SmxcError `usage`, and commander's own error after help or version was printed. */
export function createParser(
  { commands, version }: { readonly commands: readonly Command[]; readonly version: string },
  streams: Streams,
  events: ParserEvents,
): Commander {
  const program = createRoot(version, streams, events);
  for (const command of commands) addCommand(program, command, events);
  return program;
}

function createRoot(version: string, streams: Streams, { help }: ParserEvents): Commander {
  const program = new Commander("smxc");
  program
    .description(SUMMARY)
    .usage("<command> [options]")
    .version(version, VERSION_FLAG.flags, VERSION_FLAG.description)
    .helpOption(HELP_FLAG.flags, HELP_FLAG.description)
    .helpCommand(false);
  for (const { flags, description, choices } of OUTPUT_FLAGS) {
    const option = new Option(flags, description);
    program.addOption(choices === undefined ? option : option.choices(choices));
  }
  program
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(" "),
      styleTitle: bold,
    })
    .configureOutput({
      writeOut: help,
      writeErr: help,
      outputError() {},
      getOutHelpWidth: () => helpWidth(streams.stdout),
      getErrHelpWidth: () => helpWidth(streams.stderr),
      getOutHasColors: () => wantsColor(streams.stdout, streams.env),
      getErrHasColors: () => wantsColor(streams.stderr, streams.env),
    })
    .addHelpText("after", () => `\n${examplesText(EXAMPLES)}\n${EXIT_CODES}\n${MORE}`);
  rethrowUsageErrors(program, "smxc --help");
  return program;
}

function addCommand(program: Commander, command: Command, events: ParserEvents): void {
  const words = command.name.split(" ");
  const family = words.length === 1 ? undefined : familyOf(program, words[0]!);
  const commander = (family ?? program)
    .command(words.at(-1)!)
    .summary(command.summary)
    .description(command.description ?? capitalised(command.summary))
    .usage([...command.arguments.map(argumentTerm), "[options]"].join(" "))
    .addHelpText("after", () => `\n${examplesText(command.examples)}`);
  if (family === undefined) commander.helpGroup(command.group);
  rethrowUsageErrors(commander, `smxc ${command.name} --help`);
  for (const spec of command.arguments) commander.argument(argumentTerm(spec), spec.description);
  for (const spec of Object.values(command.options)) commander.addOption(commanderOption(spec));
  const initials = Object.fromEntries(Object.entries(command.options).map(([key, { initial }]) => [key, initial]));
  commander.action(async (...received: unknown[]) => {
    await events.call(command, received.slice(0, command.arguments.length), { ...initials, ...commander.opts() });
  });
}

/** The command that lists those of two words which begin with one. */
function familyOf(program: Commander, name: string): Commander {
  const known = program.commands.find((command) => command.name() === name);
  if (known !== undefined) return known;
  const { summary, group } = COMMAND_FAMILIES.get(name)!;
  const family = program
    .command(name)
    .summary(summary)
    .description(capitalised(summary))
    .helpGroup(group)
    .helpCommand(false)
    .usage("<command> [options]");
  rethrowUsageErrors(family, `smxc ${name} --help`);
  return family;
}

function argumentTerm(argument: ArgumentSpec<unknown> | Argument): string {
  const name = typeof argument.name === "string" ? argument.name : argument.name();
  return argument.variadic ? `<${name}...>` : `<${name}>`;
}

/** Commander gets only the defaults that help should show: that a switch is off goes without saying. */
function commanderOption({ flags, description, parse, initial, repeatable, ...spec }: OptionSpec<unknown>): Option {
  const option = new Option(flags, description);
  if (spec.choices !== undefined) option.choices(spec.choices);
  else if (repeatable) option.argParser<unknown[]>((text, previous) => [...(previous ?? []), parse?.(text)]);
  else if (parse !== undefined) option.argParser<unknown>((text) => parse(text));
  if (parse !== undefined && !repeatable && initial !== undefined) option.default(initial, spec.initialText);
  if (spec.required) option.makeOptionMandatory();
  if (spec.group !== undefined) option.helpGroup(spec.group);
  return option;
}

/** Commander would print and exit. Help and version, which it has printed by then, stay errors of its own. */
function rethrowUsageErrors(commander: Commander, helpCommand: string): void {
  commander.exitOverride((cause) => {
    if (cause.exitCode === 0 || cause.code === "commander.help") throw cause;
    throw usageError(cause.code, cause.message, helpCommand);
  });
}

function examplesText(examples: readonly Example[]): string {
  return `${bold("Examples:")}\n${examples.map(({ does, line }) => `  # ${does}\n  $ ${line}\n`).join("")}`;
}

/** Commander takes the escape away where the stream has no colours. */
function bold(title: string): string {
  return `\u001b[1m${title}\u001b[22m`;
}

function helpWidth({ columns }: OutputStream): number {
  return Math.min(columns ?? WIDEST_HELP, WIDEST_HELP);
}

function capitalised(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
