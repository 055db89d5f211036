/** What raising a model to opset 17 leaves as it is, what it writes anew, and what it refuses. */
import { describe, expect, it } from "vitest";
import { CONVERTERS } from "../../src/onnx/convert/converters.js";
import { raiseOpset } from "../../src/onnx/convert/raise-opset.js";
import { sameInBoth, stepTo } from "../../src/onnx/convert/steps.js";
import { UNCHANGED } from "../../src/onnx/convert/unchanged.js";
import type { Schema } from "../../src/onnx/schemas/registry.js";
import {
  BOOL,
  FLOAT,
  float,
  floats,
  floatTensor,
  graph,
  int,
  ints,
  modelOf,
  node,
  text,
  value,
} from "../property/onnx-convert/models.js";
import { bytesOf, expectSameRuns, floatsOf, run } from "../property/onnx-convert/same-runs.js";
import { decoded, fromXToY, modelIn, raised, reasons, schemas } from "./onnx-convert/raised.js";
import type { Plain } from "./onnx-support/write-record.js";

describe("the tables", () => {
  /** Changes of signatures from opset 8 to 17. */
  function steps(): readonly (readonly [before: Schema, after: Schema])[] {
    const byName = new Map<string, Schema[]>();
    for (const schema of schemas.all()) {
      if (schema.domain === "") byName.set(schema.name, [...(byName.get(schema.name) ?? []), schema]);
    }
    return [...byName.values()].flatMap((versions) => {
      const sorted = [...versions].sort((a, b) => a.sinceVersion - b.sinceVersion);
      return sorted.slice(1).map((after, n) => [sorted[n]!, after] as const);
    });
  }

  const isCovered = ({ sinceVersion }: Schema) => sinceVersion > 7 && sinceVersion <= 17;

  it("say what every new signature from opset 8 to 17 asks for, each in one table", () => {
    const covered = steps().filter(([, after]) => isCovered(after));
    expect(covered.length).toBeGreaterThan(150);
    expect(covered.filter(([, { name, sinceVersion }]) => stepTo(name, sinceVersion) === "unlisted")).toEqual([]);
    const known = new Set(covered.map(([, { name, sinceVersion }]) => `${name} ${sinceVersion}`));
    const rows = [
      ...Object.entries(UNCHANGED).flatMap(([name, versions]) => versions.map((version) => `${name} ${version}`)),
      ...Object.entries(CONVERTERS).flatMap(([name, row]) => Object.keys(row).map((version) => `${name} ${version}`)),
    ];
    expect(rows.filter((row) => !known.has(row))).toEqual([]);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it("call no step unchanged that takes anything away: inputs, outputs, attributes or types", () => {
    const unchanged = steps().filter(
      ([, after]) => isCovered(after) && stepTo(after.name, after.sinceVersion) === "unchanged",
    );
    const losses = unchanged.flatMap(([before, after]) => {
      const lost = (["inputs", "outputs"] as const).flatMap((side) =>
        before[side].filter((parameter, n) => {
          const now = after[side][n];
          return now === undefined || [...parameter.types].some((type) => !now.types.has(type));
        }),
      );
      const attributes = [...before.attributes.keys()].filter((name) => !after.attributes.has(name));
      const required = [...after.attributes.values()].filter((a) => a.required && !before.attributes.has(a.name));
      const isNarrower =
        after.deprecated ||
        after.inputCount.min > before.inputCount.min ||
        after.inputCount.max < before.inputCount.max ||
        after.outputCount.min > before.outputCount.min ||
        after.outputCount.max < before.outputCount.max;
      const isLoss = lost.length + attributes.length + required.length > 0 || isNarrower;
      return isLoss ? [`${after.name} ${after.sinceVersion}`] : [];
    });
    expect(losses).toEqual([]);
  });

  it.each([
    ["Relu", 7, 17, true],
    ["Conv", 7, 17, true],
    ["Softmax", 11, 17, false],
    ["Softmax", 13, 17, true],
    ["Upsample", 9, 17, false],
    ["Reshape", 17, 17, true],
    ["Relu", 6, 13, true],
    ["Add", 6, 17, false],
    ["Reshape", 17, 21, false],
    ["Relu", 17, 11, false],
    ["NoSuchOperator", 11, 17, false],
    ["constructor", 11, 17, false],
    ["LayerNormalization", 11, 17, false],
  ])("%s means the same in %i and %i: %s", (operator, from, to, isSame) => {
    expect(sameInBoth(schemas, operator, from, to)).toBe(isSame);
  });
});

describe("a model that is raised", () => {
  it("keeps the nodes that need not change, and all that is no node", async () => {
    const model = await decoded(
      fromXToY(
        11,
        [node("Relu", ["x"], ["r"]), node("Squeeze", ["r"], ["s"], ints("axes", [0])), node("Neg", ["s"], ["y"])],
        {
          inputs: [value("x", FLOAT, [1, 3])],
          outputs: [value("y", FLOAT, [3])],
        },
      ),
    );
    const { graph: after, ...rest } = modelIn(raiseOpset(model, schemas));
    const [relu, axes, squeeze, neg] = after!.node;
    expect(relu).toBe(model.graph!.node[0]);
    expect(neg).toBe(model.graph!.node[2]);
    expect(axes).toMatchObject({ op_type: "Constant", output: ["s/axes"] });
    expect(squeeze).toMatchObject({ op_type: "Squeeze", name: "Squeeze of s", input: ["r", "s/axes"], output: ["s"] });
    expect(after).toEqual({ ...model.graph, node: after!.node });
    expect(rest).toMatchObject({ ir_version: model.ir_version, opset_import: [{ version: 17 }] });
  });

  it("is the same graph where all nodes may stay, and the same model where it is of that opset", async () => {
    const old = await decoded(fromXToY(9, [node("Relu", ["x"], ["y"])]));
    expect(modelIn(raiseOpset(old, schemas)).graph).toBe(old.graph);
    const late = await decoded(fromXToY(18, [node("Relu", ["x"], ["y"])]));
    expect(modelIn(raiseOpset(late, schemas))).toBe(late);
  });

  it("imports ai.onnx where it did not", async () => {
    const model = {
      ...modelOf({ opset: 1, nodes: [], inputs: [], outputs: [] }),
      opset_import: [{ domain: "f", version: 1 }],
    };
    expect(modelIn(await raised(model)).opset_import).toMatchObject([{ domain: "f" }, { domain: "", version: 17 }]);
  });

  it("gives no name to two values", async () => {
    const nodes = [
      node("Relu", ["x"], ["y/min"]),
      node("Relu", ["y/min"], ["y/max.1"]),
      node("Neg", ["y/max.1"], ["y/max"]),
      node("Clip", ["y/max"], ["y"]),
    ];
    const after = modelIn(await raised(fromXToY(7, nodes))).graph!.node;
    const names = after.flatMap(({ output }) => output);
    expect(new Set(names).size).toBe(names.length);
    await expectSameRuns(bytesOf(fromXToY(7, nodes)), { x: floatsOf([2, 3], 1) });
  });

  it("clips infinities to the largest float, as Clip without bounds did", async () => {
    const nodes = [
      node("Constant", [], ["zero"], { name: "value", t: floatTensor("", [1], [0]), type: 4 }),
      node("Div", ["x", "zero"], ["infinite"]),
      node("Clip", ["infinite"], ["y"], float("min", -5)),
    ];
    const model = bytesOf(fromXToY(10, nodes));
    await expectSameRuns(model, { x: floatsOf([2, 3], 3) });
    expect(Math.max(...((await run(model, { x: floatsOf([2, 3], 3) })).y!.data as Float32Array))).toBeLessThan(
      Infinity,
    );
  });

  it("fills what is padded with a value of its own type", async () => {
    const pad = (type: number) => [
      node("Cast", ["x"], ["d"], int("to", type)),
      node("Pad", ["d"], ["p"], ints("pads", [0, 1, 0, 1]), float("value", 1.5)),
      node("Cast", ["p"], ["y"], int("to", FLOAT)),
    ];
    const padded = (type: number) => fromXToY(10, pad(type), { outputs: [value("y", FLOAT, [2, 5])] });
    await expectSameRuns(bytesOf(padded(11)), { x: floatsOf([2, 3], 4) });
    const fill = modelIn(await raised(padded(10))).graph!.node.find(({ output }) => output[0] === "p/value");
    expect(fill!.attribute[0]!.t).toMatchObject({
      data_type: 10,
      dims: [],
      raw_data: { bytes: Uint8Array.of(0, 0x3e) },
    });
    expect(await reasons(fromXToY(10, pad(12)))).toHaveLength(1);
  });

  it("goes along one axis where a Softmax's matrix had one wide one, and through a matrix otherwise", async () => {
    const softmax = (dims: readonly (number | string)[]) =>
      modelOf({
        opset: 11,
        nodes: [node("Softmax", ["x"], ["y"])],
        inputs: [value("x", FLOAT, dims)],
        outputs: [value("y", FLOAT, dims)],
      });
    const operators = async (dims: readonly (number | string)[]) =>
      modelIn(await raised(softmax(dims))).graph!.node.map(({ op_type }) => op_type);
    expect(await operators(["N", 10])).toEqual(["Softmax"]);
    expect(await operators([2, 10, 1, 1])).toEqual(["Softmax"]);
    expect(await operators([2, 10, 4])).toEqual(["Shape", "Flatten", "Softmax", "Reshape"]);
    expect(await operators([2, 10, "W"])).toEqual(["Shape", "Flatten", "Softmax", "Reshape"]);
  });

  it("is raised inside of branches too, with what they know of the graph around", async () => {
    const branch = (factor: number): Plain => ({
      name: "b",
      node: [
        node("Upsample", ["x", "scales"], ["u"], text("mode", "nearest")),
        node("Clip", ["u"], [`b${factor}`], float("max", factor)),
      ],
      output: [value(`b${factor}`, FLOAT)],
    });
    const nodes = [
      node("ReduceSum", ["x"], ["sum"], int("keepdims", 0)),
      node("Cast", ["sum"], ["c"], int("to", BOOL)),
      node("If", ["c"], ["y"], graph("then_branch", branch(1)), graph("else_branch", branch(2))),
    ];
    const model = fromXToY(9, nodes, {
      inputs: [value("x", FLOAT, [1, 1, 2, 2])],
      outputs: [value("y", FLOAT, [1, 1, 4, 4])],
      initializers: [floatTensor("scales", [4], [1, 1, 2, 2])],
    });
    await expectSameRuns(bytesOf(model), { x: floatsOf([1, 1, 2, 2], 5) });
  });

  it("takes initializers for constants where they had to be inputs (IR version 3)", async () => {
    const model = fromXToY(9, [node("Upsample", ["x", "s"], ["y"])], {
      irVersion: 3,
      inputs: [value("x", FLOAT, [2, 3]), value("s", FLOAT, [2])],
      outputs: [value("y", FLOAT, [2, 6])],
      initializers: [floatTensor("s", [2], [1, 2])],
    });
    await expectSameRuns(bytesOf(model), { x: floatsOf([2, 3], 6) });
  });

  it("runs where initializers had to be inputs (IR version 3)", async () => {
    const model = fromXToY(
      8,
      [node("Upsample", ["x"], ["u"], floats("scales", [1, 2])), node("Add", ["u", "b"], ["y"])],
      {
        irVersion: 3,
        inputs: [value("x", FLOAT, [2, 3]), value("b", FLOAT, [1])],
        outputs: [value("y", FLOAT, [2, 6])],
        initializers: [floatTensor("b", [1], [0.5])],
      },
    );
    await expectSameRuns(bytesOf(model), { x: floatsOf([2, 3], 6) });
  });
});
