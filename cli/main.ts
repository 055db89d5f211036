#!/usr/bin/env node
/** The program as a process. Scripts ask for the version alone, and often: nothing else is loaded for it. */
import { VERSION as version } from "../src/base/version.js";

const argv = process.argv.slice(2);

if (!(isVersionAlone(argv) && (await isWritten(`${version}\n`)))) process.exitCode = await run();

function isVersionAlone([first, ...others]: readonly string[]): boolean {
  return others.length === 0 && (first === "--version" || first === "-V");
}

/** Whether standard output took the text; where it did not, the whole program says why. */
function isWritten(text: string): Promise<boolean> {
  process.stdout.on("error", () => {});
  return new Promise((resolve) => {
    process.stdout.write(text, (cause) => resolve(!cause));
  });
}

async function run(): Promise<number> {
  const [{ COMMANDS }, { failure, runProgram }, { createOutput }] = await Promise.all([
    import("./commands/index.js"),
    import("./program.js"),
    import("./terminal/output.js"),
  ]);
  const streams = { stdout: process.stdout, stderr: process.stderr, env: process.env };
  // An error that escapes from a callback: the process must not go on, and its exit code must say whose fault it is.
  process.on("uncaughtException", (cause) => {
    const output = createOutput(streams, { json: argv.includes("--json"), quiet: false });
    void failure(cause, output, streams, version).then((code) => process.exit(code));
  });
  return runProgram(argv, streams, { commands: COMMANDS, version });
}
