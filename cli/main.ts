#!/usr/bin/env node
import { COMMANDS } from "./commands/index.js";
import { failure, runProgram } from "./program.js";
import { createOutput, type Streams } from "./terminal/output.js";
import { VERSION as version } from "./terminal/version.js";

const argv = process.argv.slice(2);
const streams: Streams = { stdout: process.stdout, stderr: process.stderr, env: process.env };

// An error that escapes from a callback: the process must not go on, and its exit code must say whose fault it is.
process.on("uncaughtException", (cause) => {
  const output = createOutput(streams, { json: argv.includes("--json"), quiet: false });
  void failure(cause, output, streams, version).then((code) => process.exit(code));
});

process.exitCode = await runProgram(argv, streams, { commands: COMMANDS, version });
