/** A dummy of each kind of thing that CONTRIBUTING.md says how to add: its file and its row. */
import { type Files, projectFile } from "./type-errors.js";

/** A row of a table: what it stands behind in the table's file, and what has to be imported there. */
interface Row {
  readonly file: string;
  readonly behind: string;
  readonly row: string;
  readonly imports?: string;
}

/** What somebody adds. */
export interface Addition {
  readonly files?: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** The files of some additions, rows put into their tables, on top of files that are changed already. */
export function withAdditions(additions: readonly Addition[], base: Files = new Map()): Files {
  const changed = new Map<string, string>([...base, ...additions.flatMap(({ files = {} }) => Object.entries(files))]);
  for (const { file, behind, row, imports = "" } of additions.flatMap(({ rows }) => rows)) {
    const text = changed.get(file) ?? projectFile(file);
    if (text.split(behind).length !== 2) throw new Error(`${file} does not hold ${JSON.stringify(behind)} once`);
    changed.set(file, imports + text.replace(behind, () => behind + row));
  }
  return changed;
}

/** How a file names another that it imports. */
function specifier(file: string, ending: string): string {
  const found = [...projectFile(file).matchAll(/from "([^"]+)"/g)].find(([, from]) => from!.endsWith(ending));
  if (found === undefined) throw new Error(`${file} imports no ${ending}`);
  return found[1]!;
}

export const operator: Addition = {
  files: {
    "src/ir/ops/dummy.ts": `import { inPlace, operator } from "./operator.js";
export const dummy = operator<{ readonly amount: number }>({
  keepsZeros: () => true,
  reach: inPlace,
  infer: (_, [x]) => x!,
  evaluate: (_, [x]) => x!,
});
`,
  },
  rows: [
    {
      file: "src/ir/ops/index.ts",
      behind: "export const OPS = {\n",
      row: "  dummy,\n",
      imports: 'import { dummy } from "./dummy.js";\n',
    },
  ],
};

export const emitter: Addition = {
  files: {
    "src/lowerings/operators/dummy.ts": `import type { OperatorEmitter } from "../site.js";
export const dummy: OperatorEmitter<"dummy"> = ({ amount }, site) =>
  site.result("Mul", [site.read(0), site.e.floats([amount], [])]);
`,
  },
  rows: [
    {
      file: "src/lowerings/operators/index.ts",
      behind: "const EMITTERS: { readonly [Op in OpName]: OperatorEmitter<Op> } = {\n",
      row: "  dummy,\n",
      imports: 'import { dummy } from "./dummy.js";\n',
    },
  ],
};

/** What it gives, worked out by hand. */
export const exampleOfOperator: Addition = {
  rows: [
    {
      file: "test/unit/ops/examples.ts",
      behind: "export const EXAMPLES: Examples<OpName> = {\n",
      row: '  dummy: [{ what: "twice", attributes: { amount: 2 }, inputs: [[[1], [3]]], output: [[1], [6]] }],\n',
    },
  ],
};

/** What an operator says of itself. */
export const traitOfOperator: Addition = {
  rows: [
    {
      file: "src/ir/ops/prelu.ts",
      behind: "export const prelu = operator<Readonly<Record<string, never>>>({\n",
      row: "  dummies: true,\n",
    },
  ],
};

/** What it means. */
export const trait: Addition = {
  rows: [
    {
      file: "src/ir/ops/operator.ts",
      behind: "export interface OpTraits<Attributes> {\n",
      row: "  readonly dummies?: true;\n",
    },
  ],
};

export const pass: Addition = {
  files: {
    "src/passes/leave-all.ts": `import type { Pass } from "./pass.js";
export const leaveAll: Pass = { name: "leave-all", why: "nothing", run: (graph) => graph };
`,
    "src/passes/leave-relu.ts": `import type { NodeOf } from "../ir/graph.js";
import { passOf, type Rule } from "./rule.js";
const rule: Rule<"activation", NodeOf<"activation">> = {
  name: "leave-relu",
  why: "nothing",
  at: ["activation"],
  match: (node) => node,
  check: ({ attributes }) => ({ declined: "it is left", because: [attributes.fn] }),
  rewrite: ({ name, inputs }) => ({ bypass: new Map([[name, inputs[0]!]]) }),
};
export const leaveRelu = passOf(rule);
`,
  },
  rows: [
    {
      file: "src/passes/index.ts",
      behind: "export const PASSES: readonly Pass[] = [\n",
      row: "  leaveAll,\n  leaveRelu,\n",
      imports: 'import { leaveAll } from "./leave-all.js";\nimport { leaveRelu } from "./leave-relu.js";\n',
    },
  ],
};

export const checkRule: Addition = {
  rows: [
    {
      file: "src/onnx/check/rules/attribute.ts",
      behind: "export const ATTRIBUTE_RULES = {\n",
      row: '  "onnx/attribute-dummy": official("It is so.", "It must be.", "make it so"),\n',
    },
  ],
};

/** Where it is checked. */
export const checkOfRule: Addition = {
  rows: [
    {
      file: "src/onnx/check/attribute.ts",
      behind: "  checkValues(attribute, place, context, scope);\n}\n",
      row: `
export function checkDummy(place: Place, context: CheckContext): void {
  context.report("onnx/attribute-dummy", place, "is not so");
}
`,
    },
  ],
};

/** A model that breaks it, and no other. */
export const caseOfRule: Addition = {
  rows: [
    {
      file: "test/errors/onnx-rules.test.ts",
      behind: "const CASES: Readonly<Record<RuleId, RuleCase>> = {\n",
      row: '  "onnx/attribute-dummy": broken(() => {}),\n',
    },
  ],
};

export const importer: Addition = {
  files: {
    "src/frontends/checkpoints/dummy.ts": `import type { Importer } from "./importer.js";
import { singleLayerDocument } from "./single-layer.js";
export const dummy: Importer = {
  name: "dummy",
  description: "nothing",
  covers: "layer",
  landmark: /dummy$/,
  matches: (tensors) => tensors.has("dummy"),
  keys: { amount: "how much" },
  read: (tensors) => ({
    ...singleLayerDocument({ name: "dummy", channels: tensors.shapeOf("dummy")?.[0] ?? 1, layers: [], tensors: [] }),
  }),
};
`,
  },
  rows: [
    {
      file: "src/frontends/checkpoints/index.ts",
      behind: "export const IMPORTERS: readonly Importer[] = [",
      row: "dummy, ",
      imports: 'import { dummy } from "./dummy.js";\n',
    },
  ],
};

export const layer: Addition = {
  files: {
    "src/frontends/document/layers/dummy.ts": `import * as z from "zod";
import { layerName, reference } from "./fields.js";
import { layer } from "./layer.js";
export const dummy = layer({
  schema: z.strictObject({ name: layerName, op: z.literal("dummy"), in: reference, amount: z.number() }),
  example: { name: "dummy", op: "dummy", in: "x", amount: 2 },
  build(spec, builder) {
    builder.node("affine", spec.name, [spec.in], { scale: spec.amount, shift: 0 });
  },
});
`,
  },
  rows: [
    {
      file: "src/frontends/document/layers/index.ts",
      behind: "export const LAYERS = {\n",
      row: "  dummy,\n",
      imports: 'import { dummy } from "./dummy.js";\n',
    },
  ],
};

/** How a random one is made, and what its example reads. */
export const testsOfLayer: Addition = {
  rows: [
    {
      file: "test/property/all-layers/generators.ts",
      behind: "export const GENERATORS: { readonly [Kind in LayerKind]: plain.Generator } = {\n",
      row: "  dummy: plain.affine,\n",
    },
    {
      file: "test/unit/layers.test.ts",
      behind: "const SURROUNDINGS: { readonly [Kind in LayerKind]: Surroundings } = {\n",
      row: "  dummy: { inputs: { x: MAP } },\n",
    },
  ],
};

export const activation: Addition = {
  rows: [
    {
      file: "src/ir/ops/activations.ts",
      behind: "export interface ActivationParameters {\n",
      row: "  readonly dummy: { readonly amount: number };\n",
    },
  ],
};

/** What it is, and its ONNX. */
export const rowsOfActivation: Addition = {
  rows: [
    {
      file: "src/ir/ops/activations.ts",
      behind:
        "  readonly [Fn in ActivationName]: (value: number, parameters: ActivationParameters[Fn]) => number;\n} = {\n",
      row: "  dummy: (value, { amount }) => value * amount,\n",
    },
    {
      file: "src/lowerings/activations.ts",
      behind: "const ROWS: { readonly [Fn in ActivationName]: Row<ActivationParameters[Fn]> } = {\n",
      row: '  dummy: (input, site, { amount }) => site.result("Mul", [input, site.e.floats([amount], [])]),\n',
    },
  ],
};

export const lowering: Addition = {
  files: {
    "src/lowerings/mixtures/dummy.ts": `import { TARGETS } from "../targets.js";
import type { Lowering } from "./lowering.js";
export const dummy: Lowering = {
  name: "dummy",
  description: "nothing",
  targets: TARGETS,
  refuses: ({ x }) => (x[0] === 1 ? undefined : "it needs a batch of 1"),
  emit: (_, site) => site.result("Identity", [site.read(0)]),
};
`,
  },
  rows: [
    {
      file: "src/lowerings/lowerings.ts",
      behind: "export const MIX_LOWERINGS: readonly Lowering[] = [",
      row: "dummy, ",
      imports: 'import { dummy } from "./mixtures/dummy.js";\n',
    },
  ],
};

/** The folders of the command line are its own business: a command imports as others do. */
const COMMAND = "cli/commands/diff.ts";

export const command: Addition = {
  files: {
    "cli/commands/dummy.ts": `import { argument, defineCommand, flag } from "${specifier(COMMAND, "/command.js")}";
import { EXIT } from "${specifier(COMMAND, "/exit-code.js")}";
export const dummyCommand = defineCommand({
  name: "dummy",
  group: "Look inside:",
  summary: "nothing",
  arguments: [argument("file", "any")],
  options: { loud: flag("--loud", "say it") },
  examples: [],
  async action(context, [file], { loud }) {
    const said: readonly [string, boolean] = [file, loud];
    await context.answer({ text: () => [said[0]], json: () => ({ loud: said[1] }) });
    return EXIT.good;
  },
});
`,
  },
  rows: [
    {
      file: "cli/commands/index.ts",
      behind: "export const COMMANDS: readonly CommandEntry[] = [\n",
      row: '  { name: "dummy", load: async () => (await import("./dummy.js")).dummyCommand },\n',
    },
  ],
};
