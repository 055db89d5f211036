/** What can be wrong with a command line. */
import { error, SmxcError } from "../../src/base/diagnostics.js";

/** Commander's complaint, in the form of all others. `code` is commander's, e.g. `commander.unknownOption`. */
export function usageError(code: string, text: string, helpCommand: string): SmxcError {
  const [, sentence = text, nearest] = /^(?:error: )?(.*?)(?:\n\(D(id you mean .*)\))?$/s.exec(text) ?? [];
  const kebab = code.replace(/^commander\./, "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new SmxcError(
    [error(`usage/${kebab}`, sentence, { hint: `${nearest === undefined ? "" : `d${nearest} `}see ${helpCommand}` })],
    "usage",
  );
}

export function noCommand(): SmxcError {
  return new SmxcError([error("usage/no-command", "no command given", { hint: "see smxc --help" })], "usage");
}
