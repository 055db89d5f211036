import type { CommandEntry } from "../flags/command.js";

/** The commands of smxc, in the order of `smxc --help`. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: "import", load: async () => (await import("./import.js")).importCommand },
  { name: "compile", load: async () => (await import("./compile.js")).compileCommand },
  { name: "verify", load: async () => (await import("./verify.js")).verifyCommand },
  { name: "check", load: async () => (await import("./check.js")).checkCommand },
  { name: "run", load: async () => (await import("./run.js")).runCommand },
  { name: "queue add", load: async () => (await import("./queue.js")).queueAddCommand },
  { name: "queue work", load: async () => (await import("./queue.js")).queueWorkCommand },
  { name: "queue status", load: async () => (await import("./queue.js")).queueStatusCommand },
  { name: "models", load: async () => (await import("./models.js")).modelsCommand },
  { name: "deploy", load: async () => (await import("./deploy.js")).deployCommand },
  { name: "eval", load: async () => (await import("./eval.js")).evalCommand },
  { name: "inspect", load: async () => (await import("./inspect.js")).inspectCommand },
  { name: "diff", load: async () => (await import("./diff.js")).diffCommand },
  { name: "routes", load: async () => (await import("./routes.js")).routesCommand },
  { name: "bench", load: async () => (await import("./bench.js")).benchCommand },
  { name: "serve", load: async () => (await import("./serve.js")).serveCommand },
];
