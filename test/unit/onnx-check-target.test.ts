import { create } from "@bufbuild/protobuf";
import { type ModelProto, NodeProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { checkFile } from "../../src/onnx/check/check-model.js";
import type { Provider } from "../../src/onnx/providers/provider.js";
import {
  AttributeType,
  attribute,
  broken,
  FLOAT,
  graphOf,
  INT64,
  localFunction,
  node,
  tensor,
  withFunctions,
} from "../errors/onnx-rules/case.js";
import { convolution, value } from "../errors/onnx-rules/target.js";

const BOOL = 9;
const toFloat = attribute({ name: "to", type: AttributeType.INT, i: BigInt(FLOAT) });
const axis0 = attribute({ name: "axis", type: AttributeType.INT, i: 0n });

async function findings(target: Provider, change: (model: ModelProto) => void) {
  const found = await checkFile(broken(change).source, { target });
  return found.map(({ rule, place, message }) => ({ rule: rule.slice("onnx/target-".length), place, message }));
}

describe("check --target", () => {
  it("tells once, with a count, what is the same in many nodes", async () => {
    const found = await findings("webgpu", (m) => {
      m.graph!.node = ["x", "a", "b"].map((input, i) =>
        node({ opType: "Selu", name: `n${i}`, input: [input], output: [["a", "b", "y"][i]!] }),
      );
    });
    expect(found).toEqual([
      {
        rule: "moved",
        place: 'graph.node[0] "n0"',
        message: "webgpu has no kernel for Selu (since opset 6), so it runs on the CPU; 2 more like it",
      },
    ]);
  });

  it("is silent on arithmetic of sizes and on constants, which stay on the host", async () => {
    const found = await findings("webgpu", (m) => {
      m.graph!.initializer.push(tensor({ name: "shape", dataType: INT64, floatData: [], int64Data: [4n] }));
      m.graph!.node = [
        node({ opType: "Shape", input: ["x"], output: ["s"] }),
        node({ opType: "Cast", input: ["s"], output: ["f"], attribute: [toFloat] }),
        node({ opType: "ConstantOfShape", input: ["shape"], output: ["zeros"] }),
        node({ opType: "Concat", input: ["f", "zeros"], output: ["y"], attribute: [axis0] }),
      ];
      m.graph!.output = [value("y", FLOAT, 5)];
    });
    expect(found).toEqual([]);
  });

  it("tells what follows from a Scan that reads feature maps, though its own inputs are constants", async () => {
    const found = await findings("webgpu", (m) => {
      m.graph!.initializer.push(tensor({ name: "turns", dims: [2n], floatData: [1, 2] }));
      const body = graphOf({
        name: "body",
        input: [value("turn", FLOAT)],
        node: [node({ opType: "Mul", input: ["turn", "x"], output: ["scaled"] })],
        output: [value("scaled", FLOAT, "N")],
      });
      m.graph!.node = [
        node({
          opType: "Scan",
          name: "scan",
          input: ["turns"],
          output: ["s"],
          attribute: [
            attribute({ name: "num_scan_inputs", type: AttributeType.INT, i: 1n }),
            attribute({ name: "body", type: AttributeType.GRAPH, g: body }),
          ],
        }),
        node({ opType: "Selu", name: "selu", input: ["s"], output: ["y"] }),
      ];
      m.graph!.output = [value("y", FLOAT, 2, "N")];
    });
    expect(found.map(({ rule }) => rule)).toEqual(["control-flow", "moved"]);
  });

  it("is silent on convolutions whose weights are stored quantized", async () => {
    const found = await findings("cpu", (m) => {
      convolution(m, false);
      const [w] = m.graph!.initializer;
      m.graph!.initializer.push(
        tensor({ name: "q", dataType: 3, dims: w!.dims, floatData: [], int32Data: [1] }),
        tensor({ name: "scale", dims: [], floatData: [1] }),
      );
      m.graph!.initializer = m.graph!.initializer.filter(({ name }) => name !== "w");
      m.graph!.node.unshift(node({ opType: "DequantizeLinear", input: ["q", "scale"], output: ["w"] }));
    });
    expect(found).toEqual([]);
  });

  it("is silent on integers and on operators that the optimizer removes", async () => {
    const integers = await findings("webgpu", (m) => {
      m.graph!.input = [value("x", INT64, 4)];
      m.graph!.output = [value("y", INT64, 4)];
      m.graph!.node[0] = node({ opType: "Add", input: ["x", "x"], output: ["y"] });
    });
    const dropout = await findings("webgpu", (m) => {
      m.graph!.node[0]!.opType = "Dropout";
    });
    expect([integers, dropout]).toEqual([[], []]);
  });

  it("takes a weight for constant that follows from initializers alone", async () => {
    const found = await findings("cpu", (m) => {
      convolution(m, false);
      m.graph!.node.unshift(node({ opType: "Identity", input: ["w"], output: ["copy"] }));
      m.graph!.node[1]!.input[1] = "copy";
    });
    expect(found).toEqual([]);
  });

  it("does not take an initializer for constant that callers may replace", async () => {
    const found = await findings("cpu", (m) => {
      convolution(m, false);
      m.graph!.input.push(value("w", FLOAT, 1, 1, 1, 1));
    });
    expect(found).toMatchObject([{ rule: "constant-kernel", message: 'its weight "w" is no constant' }]);
  });

  it("sees a convolution in a branch read weights of the graph around", async () => {
    const found = await findings("cpu", (m) => {
      convolution(m, false);
      m.graph!.input.push(value("c", BOOL));
      const branch = (name: string) =>
        graphOf({
          name,
          node: [{ opType: "Conv", input: ["x", "w"], output: [name] }],
          output: [value(name, FLOAT, 1, 1, 8, 8)],
        });
      m.graph!.node[0] = node({
        opType: "If",
        input: ["c"],
        output: ["y"],
        attribute: ["then_branch", "else_branch"].map((name) => ({ name, type: AttributeType.GRAPH, g: branch(name) })),
      });
    });
    expect(found).toMatchObject([
      { rule: "constant-kernel", message: 'its weight "w" is an initializer of a graph around it; 1 more like it' },
    ]);
  });

  it("judges the nodes of functions", async () => {
    const found = await findings("webgpu", (m) => {
      withFunctions(m, localFunction({ node: [node({ opType: "Selu", input: ["x"], output: ["y"] })] }));
    });
    expect(found).toMatchObject([{ rule: "moved", place: 'graph.node[0] "relu" function "f".node[0]' }]);
  });

  it("says of each kind of control flow what it costs", async () => {
    const loop = (m: ModelProto) => {
      m.graph!.input = [value("x", FLOAT, 4)];
      m.graph!.output = [value("y", FLOAT, 4)];
      m.graph!.initializer.push(tensor({ name: "m", dataType: INT64, dims: [], floatData: [], int64Data: [3n] }));
      const body = graphOf({
        name: "body",
        input: [value("i", INT64), value("c", BOOL), value("v", FLOAT, 4)],
        node: [
          { opType: "Identity", input: ["c"], output: ["c1"] },
          { opType: "Relu", input: ["v"], output: ["v1"] },
        ],
        output: [value("c1", BOOL), value("v1", FLOAT, 4)],
      });
      m.graph!.node[0] = create(NodeProtoSchema, {
        opType: "Loop",
        input: ["m", "", "x"],
        output: ["y"],
        attribute: [{ name: "body", type: AttributeType.GRAPH, g: body }],
      });
    };
    expect(await findings("webgpu", loop)).toMatchObject([{ message: "Loop runs on the CPU" }]);
    expect(await findings("cuda", loop)).toMatchObject([{ message: "Loop makes the host wait for the device" }]);
    expect(await findings("cpu", loop)).toEqual([]);
  });

  it("says nothing of the target when the model is not valid", async () => {
    const unnamed = broken((m) => {
      m.graph!.name = "";
    });
    const found = await checkFile(unnamed.source, { target: "cuda" });
    expect(found.map(({ rule }) => rule)).toEqual(["onnx/graph-name"]);
  });
});
