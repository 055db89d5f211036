import { type Diagnostic, error, type Place } from "../../../base/diagnostics.js";

const HOSTILE = "treat the file as hostile: Python never writes this";

const show = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`);

export const truncated = (at: Place): Diagnostic =>
  error("pickle/truncated", "the pickle ends before its STOP", {
    ...at,
    hint: "download or copy the file again; it was cut off",
  });

export const unknownOpcode = (byte: number, name: string | undefined, at: Place): Diagnostic =>
  name === undefined
    ? error("pickle/opcode", `the pickle has the unknown opcode 0x${byte.toString(16)}`, {
        ...at,
        hint: "save or download the file again; it is damaged",
      })
    : error(
        "pickle/opcode",
        `the pickle uses ${name}, which names a class by a number that only the original program knows`,
        {
          ...at,
          hint: "save only the tensors: torch.save(model.state_dict(), path)",
        },
      );

export const protocol = (version: number, at: Place): Diagnostic =>
  error("pickle/protocol", `the pickle says that it has protocol ${version}; the newest protocol is 5`, {
    ...at,
    hint: HOSTILE,
  });

export const tooMuch = (what: string, limit: number, at: Place): Diagnostic =>
  error("pickle/too-large", `the pickle has more than ${limit} ${what}`, {
    ...at,
    hint: "save only the tensors: torch.save(model.state_dict(), path)",
  });

export const tooManySteps = (limit: number, at: Place): Diagnostic =>
  error(
    "pickle/too-many-steps",
    `the pickle repeats long values so often that reading it takes more than ${limit} steps`,
    { ...at, hint: HOSTILE },
  );

export const badLiteral = (opcode: string, text: string, at: Place): Diagnostic =>
  error("pickle/literal", `${opcode} is followed by ${JSON.stringify(show(text))}, which is not a value of its kind`, {
    ...at,
    hint: "save or download the file again; it is damaged",
  });

export const stackUnderflow = (name: string, at: Place): Diagnostic =>
  error("pickle/stack", `${name} takes more values than the pickle has put on its stack`, { ...at, hint: HOSTILE });

export const leftover = (count: number, at: Place): Diagnostic =>
  error("pickle/leftover", `the pickle stops with ${count} values on its stack instead of one`, {
    ...at,
    hint: HOSTILE,
  });

export const trailing = (at: Place): Diagnostic =>
  error("pickle/trailing", "something follows the pickle's STOP", { ...at, hint: HOSTILE });

export const missingMemo = (index: number, at: Place): Diagnostic =>
  error("pickle/memo", `the pickle refers to value ${index}, which it never stored`, { ...at, hint: HOSTILE });

export const invalidText = (what: string, at: Place): Diagnostic =>
  error("pickle/text", `${what} in the pickle is not valid UTF-8`, {
    ...at,
    hint: "save or download the file again; it is damaged",
  });

export const forbiddenGlobal = (path: string, hint: string, at: Place): Diagnostic =>
  error("pickle/forbidden-global", `the pickle names ${show(path)}, which is code, not data; smxc never loads code`, {
    ...at,
    hint,
  });

export const wrongTarget = (name: string, found: string, expected: string, at: Place): Diagnostic =>
  error("pickle/wrong-target", `${name} is applied to ${found} instead of ${expected}`, { ...at, hint: HOSTILE });

export const badArguments = (what: string, at: Place): Diagnostic =>
  error("pickle/bad-arguments", `${what}.`, {
    ...at,
    hint: "save the tensors with torch.save again; the file is damaged or hostile",
  });
