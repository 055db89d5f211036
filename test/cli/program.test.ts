import { expect, test } from "vitest";
import {
  argument,
  type Command,
  choice,
  defineCommand,
  flag,
  grouped,
  manyArguments,
  option,
  optionOr,
  repeatedOption,
  requiredOption,
} from "../../cli/flags/command.js";
import { EXIT } from "../../cli/flags/exit-code.js";
import { filePath, integerFrom, positiveInteger, shape } from "../../cli/flags/values.js";
import { error, SmxcError, warning } from "../../src/base/diagnostics.js";
import { runCaptured } from "./capture.js";

const seen: unknown[] = [];

const bake = defineCommand({
  name: "bake",
  group: "Make a graph:",
  summary: "bake a cake",
  arguments: [argument("recipe.json", "the recipe"), manyArguments("extra", "more of it")],
  options: {
    output: requiredOption("-o, --output <cake>", "where the cake goes", filePath),
    layers: optionOr("--layers <n>", "how many layers", positiveInteger, 2),
    heat: choice("--heat <kind>", "how it is baked", ["top", "bottom"], "top"),
    opset: option("--opset <n>", "which opset", integerFrom(17, 21)),
    shape: repeatedOption("--shape <NxC>", "sizes", shape),
    verify: flag("--no-verify", "do not taste it"),
    cream: grouped("Decoration:", flag("--cream", "with cream")),
  },
  examples: [{ does: "A cake of two layers", line: "smxc bake recipe.json egg -o cake" }],
  async action(context, [recipe, extra], options) {
    seen.push({ recipe, extra, ...options });
    context.report(warning("bake/hot", "the oven is hot"));
    context.note("baking");
    await context.answer({ text: () => ["done"], json: () => ({ layers: options.layers }) });
    return options.layers > 9 ? EXIT.bad : EXIT.good;
  },
});

function failing(name: string, cause: unknown): Command {
  return defineCommand({
    name,
    group: "Trust a graph:",
    summary: "fail",
    arguments: [],
    options: {},
    examples: [],
    action: () => Promise.reject(cause),
  });
}

const COMMANDS = [
  bake,
  failing(
    "invalid",
    new SmxcError([error("cake/flat", "it is flat", { file: "cake", pointer: "/a", line: 3, column: 4 })]),
  ),
  failing("io", new SmxcError([error("io/x", "gone", { file: "cake", hint: "bake again" })], "io")),
  failing(
    "system",
    Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", errno: -5, syscall: "read", path: "disk" }),
  ),
  failing("defect", new TypeError("undefined is not a cake")),
];

const ENTRIES = COMMANDS.map((command) => ({ name: command.name, load: async () => command }));

const run = (...argv: string[]) => runCaptured(argv, ENTRIES);

test("an action gets parsed and typed values, and defaults where nothing is given", async () => {
  seen.length = 0;
  await run("bake", "r.json", "egg", "milk", "-o", "c", "--shape", "1x3", "--shape", "2x4", "--no-verify", "--cream");
  await run("bake", "r.json", "egg", "--output=c", "--layers", "3", "--heat", "bottom", "--opset", "17");
  expect(seen).toEqual([
    {
      recipe: "r.json",
      extra: ["egg", "milk"],
      output: "c",
      layers: 2,
      heat: "top",
      shape: [
        [1, 3],
        [2, 4],
      ],
      verify: false,
      cream: true,
    },
    {
      recipe: "r.json",
      extra: ["egg"],
      output: "c",
      layers: 3,
      heat: "bottom",
      opset: 17,
      shape: [],
      verify: true,
      cream: false,
    },
  ]);
});

test("standard output carries the answer only", async () => {
  const { code, stdout, stderr } = await run("bake", "r", "e", "-o", "c");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "done\n" });
  expect(stderr).toBe("warning[bake/hot]: the oven is hot\nbaking\n");
});

test("--quiet, before or after the command, leaves the answer alone", async () => {
  for (const argv of [
    ["--quiet", "bake", "r", "e", "-o", "c"],
    ["bake", "r", "e", "-o", "c", "-q"],
  ]) {
    expect(await run(...argv)).toEqual({ code: 0, stdout: "done\n", stderr: "" });
  }
});

test("--json makes the answer one document", async () => {
  const { stdout, stderr } = await run("bake", "r", "e", "-o", "c", "--json");
  expect(JSON.parse(stdout)).toEqual({ schemaVersion: 1, layers: 2 });
  expect(stderr).toContain("warning[bake/hot]");
});

test("the action's exit code is the program's", async () => {
  expect((await run("bake", "r", "e", "-o", "c", "--layers", "10")).code).toBe(1);
});

test.each([
  ["invalid", 1, "cake/flat"],
  ["io", 2, "io/x"],
  ["system", 2, "io/system"],
])("%s errors exit %i without a stack trace", async (name, code, diagnostic) => {
  const result = await run(name);
  expect(result.code).toBe(code);
  expect(result.stdout).toBe("");
  expect(result.stderr).toContain(`error[${diagnostic}]`);
  expect(result.stderr).not.toMatch(/\n\s+at /);
});

test("a defect exits 70 with its stack trace and what to report", async () => {
  const { code, stdout, stderr } = await run("defect");
  expect({ code, stdout }).toEqual({ code: 70, stdout: "" });
  expect(stderr).toMatch(
    /^error\[internal\/defect\]: a defect in smxc: TypeError: undefined is not a cake\n.*please report it/,
  );
  expect(stderr).toMatch(/\n {4}at /);
  expect(stderr).toContain(`smxc 1.2.3, Node ${process.version}`);
});

test.each(["invalid", "io", "system", "defect"])("%s errors are a document under --json", async (name) => {
  const { stdout } = await run(name, "--json");
  const document = JSON.parse(stdout);
  expect(document.schemaVersion).toBe(1);
  expect(document.errors).toHaveLength(1);
  expect(document.errors[0]).toMatchObject({ code: expect.any(String), message: expect.any(String) });
});

test("an error under --json has the place in fields of its own", async () => {
  const { stdout, stderr } = await run("invalid", "--json");
  expect(stderr).toBe("");
  expect(JSON.parse(stdout).errors).toEqual([
    { code: "cake/flat", message: "it is flat", file: "cake", pointer: "/a", line: 3, column: 4 },
  ]);
});

const USAGE_ERRORS: readonly [argv: string[], code: string, text: string | RegExp][] = [
  [[], "usage/no-command", "smxc --help"],
  [["bakke"], "usage/unknown-command", "did you mean bake?"],
  [["constructor"], "usage/unknown-command", "unknown command 'constructor'"],
  [
    ["bake", "r", "e", "-o", "c", "--layer", "3"],
    "usage/unknown-option",
    "did you mean --layers? see smxc bake --help",
  ],
  [["bake", "r", "-o", "c"], "usage/missing-argument", "'extra'"],
  [["bake", "r", "e"], "usage/missing-mandatory-option-value", "-o, --output <cake>"],
  [["bake", "r", "e", "-o"], "usage/option-missing-argument", "-o, --output <cake>"],
  [["bake", "r", "e", "-o", ""], "usage/invalid-argument", "Expected the name of a file"],
  [["bake", "r", "e", "-o", "c", "--layers", "0"], "usage/invalid-argument", "Expected a whole number of at least 1"],
  [["bake", "r", "e", "-o", "c", "--opset", "22"], "usage/invalid-argument", "from 17 to 21"],
  [["bake", "r", "e", "-o", "c", "--heat", "left"], "usage/invalid-argument", "Allowed choices are top, bottom"],
  [["invalid", "much"], "usage/excess-arguments", "too many arguments"],
  [["help", "bakke"], "usage/unknown-command", "did you mean bake?"],
];

test.each(USAGE_ERRORS)("smxc %j is a usage error", async (argv, code, text) => {
  const result = await run(...argv);
  expect(result).toMatchObject({ code: 2, stdout: "" });
  expect(result.stderr).toContain(`error[${code}]`);
  expect(result.stderr).toContain(text);
  const json = await run(...argv, "--json");
  expect(json).toMatchObject({ code: 2, stderr: "" });
  expect(JSON.parse(json.stdout)).toMatchObject({ schemaVersion: 1, errors: [{ code, file: null }] });
});

test.each(["--help", "help", "-h"])("%s lists the commands by group, with examples and exit codes", async (flag) => {
  const { code, stdout, stderr } = await run(flag);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    /Make a graph:\n {2}bake <recipe.json> <extra...> {2}bake a cake\n\nTrust a graph:\n {2}invalid/,
  );
  expect(stdout).toContain("Examples:\n");
  expect(stdout).toMatch(/ 70 +a defect in smxc itself/);
});

test.each([[["bake", "--help"]], [["help", "bake"]]])("smxc %j is the help of a command", async (argv) => {
  const { code, stdout } = await run(...argv);
  expect(code).toBe(0);
  expect(stdout).toContain("Usage: smxc bake <recipe.json> <extra...> [options]\n\nBake a cake.\n");
  expect(stdout).toMatch(/--layers <n> +how many layers \(default: 2\)/);
  expect(stdout).toMatch(/--heat <kind> +how it is baked \(choices: "top", "bottom", default: "top"\)/);
  expect(stdout).toMatch(/Decoration:\n {2}--cream +with cream\n/);
  expect(stdout).toContain("Examples:\n  # A cake of two layers\n  $ smxc bake recipe.json egg -o cake\n");
});

test("the version goes to standard output", async () => {
  expect(await run("--version")).toEqual({ code: 0, stdout: "1.2.3\n", stderr: "" });
});
