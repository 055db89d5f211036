/** What can be wrong with the outputs that a command line names. */
import { type Diagnostic, error } from "../../src/base/diagnostics.js";

export function outputIsInput(output: string, input: string): Diagnostic {
  const same = output === input ? "" : ` (${input})`;
  return error("usage/output-is-input", `the output would overwrite an input${same}`, {
    file: output,
    hint: "give the output another name",
  });
}

export function outputTwice(output: string): Diagnostic {
  return error("usage/output-twice", "two outputs would be written to the same file", {
    file: output,
    hint: "give each output a name of its own",
  });
}

export function outputIsDash(): Diagnostic {
  return error("usage/output-is-stream", "- is not a file name: smxc writes results to files only", {
    hint: "name a file; for a file called - write ./-",
  });
}

export function outputIsStream(output: string, stream: string): Diagnostic {
  return error("usage/output-is-stream", `the output is ${stream}, on which smxc prints its own messages`, {
    file: output,
    hint: "name a file",
  });
}

export function outputNotAlone(output: string): Diagnostic {
  return error(
    "usage/output-not-alone",
    "smxc writes several files side by side here, but this is a device or a pipe",
    {
      file: output,
      hint: "name a file in a folder",
    },
  );
}
