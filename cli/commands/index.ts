import type { Command } from "../flags/command.js";
import { benchCommand } from "./bench.js";
import { checkCommand } from "./check.js";
import { compileCommand } from "./compile.js";
import { deployCommand } from "./deploy.js";
import { diffCommand } from "./diff.js";
import { evalCommand } from "./eval.js";
import { importCommand } from "./import.js";
import { inspectCommand } from "./inspect.js";
import { modelsCommand } from "./models.js";
import { queueAddCommand, queueStatusCommand, queueWorkCommand } from "./queue.js";
import { routesCommand } from "./routes.js";
import { runCommand } from "./run.js";
import { serveCommand } from "./serve.js";
import { verifyCommand } from "./verify.js";

/** The commands of smxc, in the order of `smxc --help`. */
export const COMMANDS: readonly Command[] = [
  importCommand,
  compileCommand,
  verifyCommand,
  checkCommand,
  runCommand,
  queueAddCommand,
  queueWorkCommand,
  queueStatusCommand,
  modelsCommand,
  deployCommand,
  evalCommand,
  inspectCommand,
  diffCommand,
  routesCommand,
  benchCommand,
  serveCommand,
];
