/** Runs the program in this process, with streams that remember what was written. */
import { Writable } from "node:stream";
import { COMMANDS } from "../../cli/commands/index.js";
import type { CommandEntry } from "../../cli/flags/command.js";
import { runProgram } from "../../cli/program.js";
import type { OutputStream } from "../../cli/terminal/output.js";
import { requireContent } from "../support/cli.js";

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

/** The folder is the whole process's, so there is one command at a time. */
let before: Promise<unknown> = Promise.resolve();

/** Runs a command in this process as if it were started in a folder. Commands that are asked for at once run one after the other. */
export function smxc(argv: readonly string[], folder: string): Promise<Captured> {
  const run = before.then(async () => {
    const here = process.cwd();
    process.chdir(folder);
    try {
      return await runCaptured(argv, COMMANDS);
    } finally {
      process.chdir(here);
    }
  });
  before = run.catch(() => undefined);
  return run;
}

/** Runs a command as `smxc` does, and fails, with what it said, unless it was content. */
export async function succeed(argv: readonly string[], folder: string): Promise<Captured> {
  return requireContent(argv, await smxc(argv, folder));
}
