import type { ModelProto } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { AttributeType, attribute, broken, FLOAT, INT64, node, tensor } from "../errors/onnx-rules/case.js";
import { value } from "../errors/onnx-rules/target.js";

const ints = (name: string, ...values: readonly number[]) =>
  attribute({ name, type: AttributeType.INTS, ints: values.map(BigInt) });
const int = (name: string, i: number) => attribute({ name, type: AttributeType.INT, i: BigInt(i) });

const conv = (input: string, output: string, attributes: ReturnType<typeof attribute>[]) =>
  node({ opType: "Conv", input: [input, "w"], output: [output], attribute: attributes });
const resize = (input: string, output: string) =>
  node({ opType: "Resize", input: [input, "", "scales"], output: [output] });
const depthToSpace = (input: string, output: string) =>
  node({ opType: "DepthToSpace", input: [input], output: [output], attribute: [int("blocksize", 2)] });

/** The network on pictures [N, 4, H, W]. */
function pictures(
  nodes: ReturnType<typeof node>[],
  output: readonly (number | string)[],
  more: (model: ModelProto) => void = () => {},
) {
  return (model: ModelProto): void => {
    const graph = model.graph!;
    graph.input = [value("x", FLOAT, "N", 4, "H", "W")];
    graph.output = [value("y", FLOAT, ...output)];
    graph.initializer.push(
      tensor({ name: "w", dims: [4n, 4n, 3n, 3n], floatData: new Array(144).fill(1) }),
      tensor({ name: "scales", dims: [4n], floatData: [1, 1, 2, 2] }),
      tensor({ name: "rows", dims: [4n], dataType: INT64, floatData: [], int64Data: [0n, 4n, -1n, 8n] }),
    );
    graph.node = nodes;
    more(model);
  };
}

async function messages(change: (model: ModelProto) => void): Promise<readonly string[]> {
  const found = await checkFile(broken(change).source, { strict: true, full: true });
  const told = found.filter(({ rule }) => rule !== "onnx/strict-unused-initializer");
  expect(new Set(told.map(({ rule }) => rule)).size).toBeLessThan(2);
  return told.map(({ place, message }) => `${place} ${message}`);
}

describe("check --strict, of declared symbols", () => {
  it.each<[string, readonly string[], (model: ModelProto) => void]>([
    ["an unpadded convolution", ["H - 2", "W - 2"], pictures([conv("x", "y", [])], ["N", 4, "H", "W"])],
    ["a Resize", ["2*H", "2*W"], pictures([resize("x", "y")], ["N", 4, "H", "W"])],
    ["a pixel shuffle", ["2*H", "2*W"], pictures([depthToSpace("x", "y")], ["N", 1, "H", "W"])],
    [
      "sizes that are swapped",
      ["W", "H"],
      pictures(
        [node({ opType: "Transpose", input: ["x"], output: ["y"], attribute: [ints("perm", 0, 1, 3, 2)] })],
        ["N", 4, "H", "W"],
      ),
    ],
  ])("%s changes the sizes that it is declared to keep", async (_, sizes, change) => {
    const found = await messages(change);
    expect(found).toHaveLength(2);
    for (const [i, size] of sizes.entries()) {
      const declared = ["H", "W"][i];
      expect(found[i]).toMatch(
        new RegExp(`^graph\\.output\\[0\\] "y" its dimension ${i + 2} is declared as "${declared}"`),
      );
      expect(found[i]).toContain(`but is "${size}"`);
    }
  });

  it("tells of a size that does not vary, and of one that follows no simple rule", async () => {
    const pooled = node({ opType: "GlobalAveragePool", input: ["x"], output: ["y"] });
    expect(await messages(pictures([pooled], ["N", 4, "H", 1]))).toEqual([
      'graph.output[0] "y" its dimension 2 is declared as "H", but is 1',
    ]);
    const halved = conv("x", "y", [ints("strides", 2, 2), ints("pads", 1, 1, 1, 1)]);
    expect(await messages(pictures([halved], ["N", 4, "H", "w"]))).toEqual([
      'graph.output[0] "y" its dimension 2 is declared as "H", but is 2880 where "H" is 5760',
    ]);
    const flat = node({ opType: "Flatten", input: ["x"], output: ["y"] });
    expect(await messages(pictures([flat], ["N", "H"]))).toEqual([
      expect.stringMatching(/^graph\.output\[0\] "y" its dimension 1 is declared as "H", but is \d+ where "H" is \d+$/),
    ]);
  });

  it("tells of values inside the graph, where they first differ and wherever they are declared", async () => {
    const change = pictures([conv("x", "a", []), resize("a", "y")], ["N", 4, "H", "W"], (m) => {
      m.graph!.valueInfo.push(value("a", FLOAT, "N", 4, "H", "w"));
    });
    expect(await messages(change)).toEqual([
      'graph.value_info[0] "a" its dimension 2 is declared as "H", but is "H - 2"',
      'graph.output[0] "y" its dimension 2 is declared as "H", but is "2*H - 4"',
      'graph.output[0] "y" its dimension 3 is declared as "W", but is "2*W - 4"',
    ]);
  });

  it.each<[string, (model: ModelProto) => void]>([
    ["symbols of its own", pictures([conv("x", "y", [])], ["N", 4, "H_out", "W_out"])],
    ["sizes that stay", pictures([conv("x", "y", [ints("pads", 1, 1, 1, 1)])], ["N", 4, "H", "W"])],
    [
      "sizes that stay where they are even",
      pictures(
        [conv("x", "a", [ints("strides", 2, 2), ints("pads", 1, 1, 1, 1)]), resize("a", "y")],
        ["N", 4, "H", "W"],
      ),
    ],
    [
      "sizes that nothing is known of",
      pictures([node({ opType: "Reshape", input: ["x", "target"], output: ["y"] })], ["N", 4, "H", "W"], (m) => {
        m.graph!.input.push(value("target", INT64, 4));
      }),
    ],
    [
      "sizes that are computed from the input's",
      pictures(
        [
          conv("x", "a", []),
          node({ opType: "Shape", input: ["x"], output: ["shape"] }),
          node({ opType: "Resize", input: ["a", "", "", "shape"], output: ["y"] }),
        ],
        ["N", 4, "H", "W"],
      ),
    ],
    [
      "numbers",
      pictures([conv("x", "y", [])], ["N", 4, "h", "w"], (m) => {
        m.graph!.input = [value("x", FLOAT, 1, 4, 8, 8)];
        m.graph!.output = [value("y", FLOAT, 1, 4, "H", "W")];
      }),
    ],
  ])("is silent on %s", async (_, change) => {
    expect(await messages(change)).toEqual([]);
  });
});
