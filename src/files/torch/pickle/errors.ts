import { type Diagnostic, error, type Place } from "../../../base/diagnostics.js";

const HOSTILE = "Treat the file as hostile: Python never writes this.";

const show = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`);

export const truncated = (at: Place): Diagnostic =>
  error("pickle/truncated", "The pickle ends before its STOP.", {
    ...at,
    hint: "The file was cut off; download or copy it again.",
  });

export const unknownOpcode = (byte: number, name: string | undefined, at: Place): Diagnostic =>
  name === undefined
    ? error("pickle/opcode", `The pickle has the unknown opcode 0x${byte.toString(16)}.`, {
        ...at,
        hint: "The file is damaged; save or download it again.",
      })
    : error(
        "pickle/opcode",
        `The pickle uses ${name}, which names a class by a number that other programs do not know.`,
        {
          ...at,
          hint: "Save only the tensors: torch.save(model.state_dict(), path).",
        },
      );

export const protocol = (version: number, at: Place): Diagnostic =>
  error("pickle/protocol", `The pickle says it has protocol ${version}; protocols up to 5 exist.`, {
    ...at,
    hint: HOSTILE,
  });

export const tooMuch = (what: string, limit: number, at: Place): Diagnostic =>
  error("pickle/too-large", `The pickle has more than ${limit} ${what}.`, {
    ...at,
    hint: "Save only the tensors: torch.save(model.state_dict(), path).",
  });

export const tooManySteps = (limit: number, at: Place): Diagnostic =>
  error(
    "pickle/too-many-steps",
    `The pickle recalls long values so often that reading it takes more than ${limit} steps.`,
    { ...at, hint: HOSTILE },
  );

export const badLiteral = (opcode: string, text: string, at: Place): Diagnostic =>
  error("pickle/literal", `${opcode} is followed by ${JSON.stringify(show(text))}, which is no such value.`, {
    ...at,
    hint: "The file is damaged; save or download it again.",
  });

export const stackUnderflow = (name: string, at: Place): Diagnostic =>
  error("pickle/stack", `${name} takes more values than the pickle has put on its stack.`, { ...at, hint: HOSTILE });

export const leftover = (count: number, at: Place): Diagnostic =>
  error("pickle/leftover", `The pickle stops with ${count} values on its stack instead of one.`, {
    ...at,
    hint: HOSTILE,
  });

export const trailing = (at: Place): Diagnostic =>
  error("pickle/trailing", "Something follows the pickle's STOP.", { ...at, hint: HOSTILE });

export const missingMemo = (index: number, at: Place): Diagnostic =>
  error("pickle/memo", `The pickle recalls value ${index}, which it never memorised.`, { ...at, hint: HOSTILE });

export const invalidText = (what: string, at: Place): Diagnostic =>
  error("pickle/text", `${what} in the pickle is not valid UTF-8.`, {
    ...at,
    hint: "The file is damaged; save or download it again.",
  });

export const forbiddenGlobal = (path: string, hint: string, at: Place): Diagnostic =>
  error("pickle/forbidden-global", `The pickle names ${show(path)}, which is no plain data; smxc never loads code.`, {
    ...at,
    hint,
  });

export const wrongTarget = (name: string, found: string, expected: string, at: Place): Diagnostic =>
  error("pickle/wrong-target", `${name} is applied to ${found} instead of ${expected}.`, { ...at, hint: HOSTILE });

export const badArguments = (what: string, at: Place): Diagnostic =>
  error("pickle/bad-arguments", `${what}.`, {
    ...at,
    hint: "The file is damaged or hostile; save it with torch.save again.",
  });
