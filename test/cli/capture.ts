/** Runs the program in this process, with streams that remember what was written. */
import { Writable } from "node:stream";
import type { CommandEntry } from "../../cli/flags/command.js";
import { runProgram } from "../../cli/program.js";
import type { OutputStream } from "../../cli/terminal/output.js";

export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCaptured(
  argv: readonly string[],
  commands: readonly CommandEntry[],
  env: NodeJS.ProcessEnv = {},
): Promise<Captured> {
  const stdout = memoryStream();
  const stderr = memoryStream();
  const code = await runProgram(
    argv,
    { stdout: stdout.stream, stderr: stderr.stream, env },
    { commands, version: "1.2.3" },
  );
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function memoryStream(): { readonly stream: OutputStream; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}
