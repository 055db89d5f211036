/**
 * What a command is: data from which help, parsing and the typed call are made. A command's file loads nothing heavy
 * when it is imported; its action imports what it needs, so that `smxc --help` starts at once.
 */

import type { Output } from "../terminal/output.js";
import type { ExitCode } from "./exit-code.js";

/** The part of the output that an action may use. */
export type Context = Output;

/** Headings under which `smxc --help` lists commands, in this order. */
export const COMMAND_GROUPS = ["Make a graph:", "Trust a graph:", "Use a graph:", "Look inside:"] as const;

/** First words of commands of two words, in the form of a command that only lists those. */
export const COMMAND_FAMILIES: ReadonlyMap<
  string,
  { readonly group: (typeof COMMAND_GROUPS)[number]; readonly summary: string }
> = new Map([
  ["queue", { group: "Use a graph:", summary: "restore pictures on many machines, with a queue in Redis or Valkey" }],
]);

export interface Example {
  /** What it does, in one line. */
  readonly does: string;
  /** The command line, beginning with `smxc`. */
  readonly line: string;
}

/** A positional argument whose value, once parsed, is a `T`. */
export interface ArgumentSpec<T> {
  readonly name: string;
  readonly description: string;
  readonly variadic: boolean;
  /** Never set: carries the type to the action. */
  readonly type?: T;
}

/** An option whose value in the action is a `T`. Its key in the record is commander's camel-case name of the flag. */
export interface OptionSpec<T> {
  readonly flags: string;
  readonly description: string;
  /** Throws commander's InvalidArgumentError. Absent: the option is a switch. */
  readonly parse?: (text: string) => unknown;
  readonly initial?: T;
  /** How help shows `initial`, where its own text says too little. */
  readonly initialText?: string;
  readonly choices?: readonly string[];
  readonly repeatable?: boolean;
  readonly required?: boolean;
  /** Heading in help. */
  readonly group?: string;
  readonly type?: T;
}

type ArgumentValues<A extends readonly ArgumentSpec<unknown>[]> = {
  [K in keyof A]: A[K] extends ArgumentSpec<infer T> ? T : never;
};
type OptionValues<O extends Readonly<Record<string, OptionSpec<unknown>>>> = {
  readonly [K in keyof O]: O[K] extends OptionSpec<infer T> ? T : never;
};

export interface CommandSpec<
  A extends readonly ArgumentSpec<unknown>[],
  O extends Readonly<Record<string, OptionSpec<unknown>>>,
> {
  /** One word, or two of which the first is one of `COMMAND_FAMILIES`. */
  readonly name: string;
  readonly group: (typeof COMMAND_GROUPS)[number];
  /** One line, lower-case, without a full stop. */
  readonly summary: string;
  /** Further paragraphs of the command's own help. */
  readonly description?: string;
  readonly arguments: A;
  readonly options: O;
  readonly examples: readonly Example[];
  action(context: Context, args: ArgumentValues<A>, options: OptionValues<O>): Promise<ExitCode>;
}

/** A command of the table, without the types of its arguments and options. */
export interface Command {
  readonly name: string;
  readonly group: (typeof COMMAND_GROUPS)[number];
  readonly summary: string;
  readonly description?: string;
  readonly arguments: readonly ArgumentSpec<unknown>[];
  readonly options: Readonly<Record<string, OptionSpec<unknown>>>;
  readonly examples: readonly Example[];
  action(context: Context, args: readonly unknown[], options: Readonly<Record<string, unknown>>): Promise<ExitCode>;
}

/** A row of the table of commands: the file of a command is loaded when a command line means it. */
export interface CommandEntry {
  /** That of the command. */
  readonly name: string;
  load(): Promise<Command>;
}

/** Checks an action against its arguments and options; at run time it is the identity. */
export function defineCommand<
  const A extends readonly ArgumentSpec<unknown>[],
  const O extends Readonly<Record<string, OptionSpec<unknown>>>,
>(spec: CommandSpec<A, O>): Command {
  return spec as unknown as Command;
}

export function argument(name: string, description: string): ArgumentSpec<string> {
  return { name, description, variadic: false };
}

/** One or more. */
export function manyArguments(name: string, description: string): ArgumentSpec<readonly string[]> {
  return { name, description, variadic: true };
}

/** `--flag`: true when given. With `--no-flag` it is true unless given. */
export function flag(flags: string, description: string): OptionSpec<boolean> {
  return { flags, description, initial: flags.includes("--no-") };
}

/** `--flag <value>`, undefined when not given. */
export function option<T>(flags: string, description: string, parse: (text: string) => T): OptionSpec<T | undefined> {
  return { flags, description, parse };
}

/** `--flag <value>` with a value of its own when not given. */
export function optionOr<T>(
  flags: string,
  description: string,
  parse: (text: string) => T,
  initial: T,
  initialText?: string,
): OptionSpec<T> {
  return { flags, description, parse, initial, ...(initialText === undefined ? {} : { initialText }) };
}

/** `--flag <value>` that must be given. */
export function requiredOption<T>(flags: string, description: string, parse: (text: string) => T): OptionSpec<T> {
  return { flags, description, parse, required: true };
}

/** `--flag <value>` any number of times; an empty list when not given. */
export function repeatedOption<T>(
  flags: string,
  description: string,
  parse: (text: string) => T,
): OptionSpec<readonly T[]> {
  return { flags, description, parse, repeatable: true, initial: [] };
}

/** `--flag <value>` where the value is one of a few. */
export function choice<const C extends string>(
  flags: string,
  description: string,
  choices: readonly C[],
  initial: NoInfer<C>,
): OptionSpec<C> {
  return { flags, description, choices, parse: (text) => text, initial };
}

/** The same options under a heading of their own in help. */
export function grouped<T>(group: string, spec: OptionSpec<T>): OptionSpec<T> {
  return { ...spec, group };
}
