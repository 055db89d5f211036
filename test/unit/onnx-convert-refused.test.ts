/** Functions of a model that is raised, and what raising refuses. */
import { describe, expect, it } from "vitest";
import { BOOL, FLOAT, floatTensor, graph, int, ints, node, text, value } from "../property/onnx-convert/models.js";
import { bytesOf, expectSameRuns, floatsOf } from "../property/onnx-convert/same-runs.js";
import { fromXToY, modelIn, raised, reasons } from "./onnx-convert/raised.js";
import type { Plain } from "./onnx-support/write-record.js";

describe("functions", () => {
  const call = { ...node("F", ["x"], ["y"]), domain: "f" };
  const fn = (opset: number, ...nodes: readonly Plain[]): Plain => ({
    name: "F",
    domain: "f",
    input: ["a"],
    output: ["b"],
    node: nodes,
    attribute: ["axis"],
    opset_import: [{ version: opset }],
  });
  const squeeze = node("Squeeze", ["a"], ["b"], ints("axes", [0]));
  const dims = { inputs: [value("x", FLOAT, [1, 3])], outputs: [value("y", FLOAT, [3])] };

  it("of the model's opset are raised with it", async () => {
    const model = fromXToY(11, [call], { functions: [fn(11, squeeze)], ...dims });
    await expectSameRuns(bytesOf(model), { x: floatsOf([1, 3], 2) });
    expect(modelIn(await raised(model)).functions[0]!.opset_import).toMatchObject([{ version: 17 }]);
  });

  it("of another opset are taken where they mean the same in all", async () => {
    const model = fromXToY(11, [call], { functions: [fn(9, node("Relu", ["a"], ["b"]))] });
    await expectSameRuns(bytesOf(model), { x: floatsOf([2, 3], 2) });
    expect(await reasons(fromXToY(13, [call], { functions: [fn(11, squeeze)], ...dims }))).toEqual([
      'model.functions[0] "F".node[0] "Squeeze of b": the function imports opset 11 and the model 13, and some of its operators differ between these opsets and 17',
    ]);
  });

  it("are refused where a call gives what would have to be written anew", async () => {
    const axis = { name: "axes", ref_attr_name: "axis", type: 7 };
    const model = fromXToY(11, [call], { functions: [fn(11, node("Squeeze", ["a"], ["b"], axis))], ...dims });
    expect(await reasons(model)).toEqual([
      'model.functions[0] "F".node[0] "Squeeze of b": Squeeze of opset 11 cannot be written in opset 17: its attribute axes is a parameter of the function around it',
    ]);
  });
});

describe("what is refused", () => {
  const SCAN_BODY: Plain = {
    name: "b",
    node: [node("Relu", ["i"], ["o"])],
    input: [value("i", FLOAT)],
    output: [value("o", FLOAT)],
  };
  const wide = { inputs: [value("x", FLOAT, [1, 1, 4, 4])], outputs: [value("y", FLOAT, ["a", "b", "c", "d"])] };
  const scales = (...values: number[]) => ({ ...wide, initializers: [floatTensor("s", [4], values)] });
  const statistics = ["m", "v", "sm", "sv"];

  const CASES: readonly (readonly [name: string, model: Plain, reason: string])[] = [
    [
      "an opset before 7",
      fromXToY(6, [node("Relu", ["x"], ["y"])]),
      "smxc can raise models of opset 7 and later; this one has 6",
    ],
    [
      "an operator that is not there",
      fromXToY(11, [node("Affine", ["x"], ["y"])]),
      "there is no such operator in opset 11",
    ],
    [
      "a mask that is read",
      fromXToY(7, [node("Dropout", ["x"], ["d", "m"]), node("Add", ["d", "m"], ["y"])]),
      "other nodes read its mask, which differs in later opsets",
    ],
    [
      "a mask that the model gives",
      fromXToY(10, [node("Dropout", ["x"], ["y", "m"])], {
        outputs: [value("y", FLOAT, [2, 3]), value("m", BOOL, [2, 3])],
      }),
      "other nodes read its mask, which differs in later opsets",
    ],
    [
      "statistics for each element",
      fromXToY(8, [node("BatchNormalization", ["x", "x", "x", "x", "x"], ["y"], int("spatial", 0))]),
      "it has statistics for each element (spatial is 0)",
    ],
    [
      "a normalisation in training",
      fromXToY(9, [node("BatchNormalization", ["x", "x", "x", "x", "x"], ["y", ...statistics])]),
      "it has the outputs of training",
    ],
    [
      "a Scan of batches",
      fromXToY(8, [node("Scan", ["", "x"], ["y"], graph("body", SCAN_BODY), int("num_scan_inputs", 1))]),
      "Scan of opset 8 also iterates over the batch, which Scan does not since opset 9",
    ],
    [
      "nearest elements at scales on both sides of 1",
      fromXToY(10, [node("Resize", ["x", "s"], ["y"])], scales(1, 1, 2, 0.5)),
      "it takes the nearest element, and its scales are not known, or some are above 1 and some below",
    ],
    [
      "nearest elements at scales that may be given",
      fromXToY(10, [node("Resize", ["x", "s"], ["y"])], {
        ...scales(1, 1, 2, 2),
        inputs: [...wide.inputs, value("s", FLOAT, [4])],
      }),
      "it takes the nearest element, and its scales are not known, or some are above 1 and some below",
    ],
    [
      "TensorFlow's coordinates",
      fromXToY(
        11,
        [
          node(
            "Resize",
            ["x", "", "s"],
            ["y"],
            text("mode", "linear"),
            text("coordinate_transformation_mode", "tf_half_pixel_for_nn"),
          ),
        ],
        scales(1, 1, 2, 2),
      ),
      "later opsets have no coordinate_transformation_mode tf_half_pixel_for_nn, except for the nearest element, rounded down",
    ],
    [
      "Clip of what has no known type",
      fromXToY(10, [{ ...node("Strange", ["x"], ["u"]), domain: "strange" }, node("Clip", ["u"], ["y"])]),
      "the type of its input is not known to be float, float16 or double",
    ],
  ];

  it.each(CASES)("%s", async (_name, model, reason) => {
    const told = await reasons(model);
    expect(told).toHaveLength(1);
    expect(told[0]!.endsWith(reason)).toBe(true);
  });

  it("is told of every node, with the place", async () => {
    const erf = (from: string, to: string) => node("Erf", [from], [to]);
    const model = fromXToY(9, [
      node("Cast", ["x"], ["i"], int("to", 6)),
      erf("i", "e"),
      erf("e", "f"),
      node("Cast", ["f"], ["y"], int("to", 1)),
    ]);
    const because =
      "Erf of opset 9 cannot be written in opset 17: its input has the type INT32, which Erf does not accept since opset 13";
    expect(await reasons(model)).toEqual([
      `graph.node[1] "Erf of e": ${because}`,
      `graph.node[2] "Erf of f": ${because}`,
    ]);
  });
});
