import { create, toBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema, OperatorSetIdProtoSchema } from "onnx-buf";
import { InferenceSession } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { isValid } from "../../src/onnx/check/finding.js";
import {
  AttributeType,
  attribute,
  broken,
  FLOAT,
  graphOf,
  INT64,
  localFunction,
  node,
  soundModel,
  tensor,
  withBranches,
  withFunctions,
} from "../errors/onnx-rules/case.js";
import { value } from "../errors/onnx-rules/target.js";

const [COMPLEX64, INT4, INT2, FLOAT6E2M3] = [14, 22, 26, 27];

const relu = (name: string, input: string, output: string) =>
  node({ opType: "Relu", name, input: [input], output: [output] });

const imports = (domain: string, version: number) => (m: ModelProto) => {
  m.opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }));
};

function operator(model: ModelProto, opType: string, domain = ""): void {
  if (domain !== "") imports(domain, 1)(model);
  Object.assign(model.graph!.node[0]!, { opType, domain });
}

/** `y = DequantizeLinear(w, 1)` of packed elements in so many entries. */
function packed(dataType: number, elements: number, entries: number) {
  return (model: ModelProto): void => {
    model.opsetImport[0]!.version = dataType === INT2 ? 25n : 21n;
    const graph = model.graph!;
    graph.input = [];
    graph.node = [node({ opType: "DequantizeLinear", input: ["w", "s"], output: ["y"] })];
    graph.initializer.push(
      tensor({ dataType, dims: [BigInt(elements)], floatData: [], int32Data: new Array(entries).fill(1) }),
      tensor({ name: "s", dims: [], floatData: [1] }),
    );
  };
}

/** `y = x + w` with this data for one element. */
function addend(init: Parameters<typeof tensor>[0], isUsed = true) {
  return (model: ModelProto): void => {
    if (isUsed) model.graph!.node[0] = node({ opType: "Add", input: ["x", "w"], output: ["y"] });
    model.graph!.initializer.push(tensor({ dims: [1n], ...init }));
  };
}

const twins = () => localFunction({ node: [relu("n", "x", "a"), relu("n", "a", "y")] });

/** Each with what ONNX Runtime makes of it: whether it opens a session. */
const MODELS: Readonly<Record<string, readonly [opens: boolean, change: (model: ModelProto) => void]>> = {
  "one that is sound": [true, () => {}],
  "two nodes of one name": [
    false,
    (m) => {
      m.graph!.node = [relu("n", "x", "a"), relu("n", "a", "y")];
    },
  ],
  "nodes without name": [
    true,
    (m) => {
      m.graph!.node = [relu("", "x", "a"), relu("", "a", "y")];
    },
  ],
  "a node of a branch that has the name of one around it": [
    true,
    (m) => withBranches(m, (name) => graphOf({ name, node: [relu("", "x", name)], output: [value(name, FLOAT, "N")] })),
  ],
  "two nodes of one name in a branch": [
    false,
    (m) =>
      withBranches(m, (name) =>
        graphOf({
          name,
          node: [relu("n", "x", `${name}.a`), relu("n", `${name}.a`, name)],
          output: [value(name, FLOAT, "N")],
        }),
      ),
  ],
  "two nodes of one name in a function": [false, (m) => withFunctions(m, twins())],
  "two nodes of one name in a function that nobody calls": [
    true,
    (m) => {
      m.functions.push(twins());
      imports("local", 1)(m);
    },
  ],
  "opset 26": [
    true,
    (m) => {
      m.opsetImport[0]!.version = 26n;
    },
  ],
  "opset 27": [
    false,
    (m) => {
      m.opsetImport[0]!.version = 27n;
    },
  ],
  "ir_version 2, which has no opsets": [
    false,
    (m) => {
      m.irVersion = 2n;
      m.opsetImport = [];
      m.graph!.node[0]!.opType = "Sigmoid";
    },
  ],
  "ir_version 13": [
    true,
    (m) => {
      m.irVersion = 13n;
    },
  ],
  "ir_version 14": [
    false,
    (m) => {
      m.irVersion = 14n;
    },
  ],
  "ai.onnx.ml 5": [true, imports("ai.onnx.ml", 5)],
  "ai.onnx.ml 6": [false, imports("ai.onnx.ml", 6)],
  "ai.onnx.training 2": [false, imports("ai.onnx.training", 2)],
  "ai.onnx.preview 2": [false, imports("ai.onnx.preview", 2)],
  "ai.onnx.preview.training 2": [false, imports("ai.onnx.preview.training", 2)],
  "com.microsoft 1": [true, imports("com.microsoft", 1)],
  "com.microsoft 2": [false, imports("com.microsoft", 2)],
  "org.pytorch.aten 2": [false, imports("org.pytorch.aten", 2)],
  "a later version of a domain that nobody knows": [true, imports("mine", 7)],
  "a function of opset 27": [
    false,
    (m) =>
      withFunctions(
        m,
        localFunction({ opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: 27n })] }),
      ),
  ],
  ATen: [false, (m) => operator(m, "ATen")],
  Affine: [false, (m) => operator(m, "Affine")],
  "Gelu of com.microsoft": [true, (m) => operator(m, "Gelu", "com.microsoft")],
  "FastGelu of com.microsoft": [true, (m) => operator(m, "FastGelu", "com.microsoft")],
  "values of 6 bits": [
    false,
    (m) => {
      m.opsetImport[0]!.version = 26n;
      m.graph!.valueInfo.push(value("a", FLOAT6E2M3, 1));
      m.graph!.node = [relu("", "x", "a"), relu("", "a", "y")];
    },
  ],
  "a constant of 6 bits": [
    false,
    (m) => void m.graph!.initializer.push(tensor({ dataType: FLOAT6E2M3, floatData: [], int32Data: [1] })),
  ],
  "an input of complex numbers": [false, (m) => void m.graph!.input.push(value("z", COMPLEX64, 1))],
  "a constant of complex numbers": [
    true,
    (m) => void m.graph!.initializer.push(tensor({ dataType: COMPLEX64, floatData: [1, 2] })),
  ],
  "4 bits, two in an entry": [true, packed(INT4, 108, 54)],
  "4 bits, one in an entry": [false, packed(INT4, 108, 108)],
  "4 bits, eight in an entry": [false, packed(INT4, 108, 14)],
  "2 bits, four in an entry": [true, packed(INT2, 8, 2)],
  "2 bits, one in an entry": [false, packed(INT2, 8, 8)],
  "2 bits, sixteen in an entry": [false, packed(INT2, 8, 1)],
  "more float_data than elements": [false, addend({ floatData: [1, 2] })],
  "more raw_data than elements": [false, addend({ floatData: [], rawData: new Uint8Array(8) })],
  "more data than elements, unused": [true, addend({ floatData: [1, 2] }, false)],
  "a word that Pad does not have": [
    false,
    (m) => {
      m.graph!.initializer.push(tensor({ name: "p", dataType: INT64, dims: [2n], floatData: [], int64Data: [0n, 1n] }));
      const mode = attribute({ name: "mode", type: AttributeType.STRING, s: new TextEncoder().encode("replicate") });
      m.graph!.node[0] = node({ opType: "Pad", input: ["x", "p"], output: ["y"], attribute: [mode] });
      m.graph!.output = [value("y", FLOAT, "M")];
    },
  ],
};

async function opens(change: (model: ModelProto) => void): Promise<boolean> {
  const model = soundModel();
  change(model);
  try {
    const session = await InferenceSession.create(toBinary(ModelProtoSchema, model), { logSeverityLevel: 4 });
    await session.release();
    return true;
  } catch {
    return false;
  }
}

describe("check --target, of what ONNX Runtime refuses when it opens a model", () => {
  it.each(Object.entries(MODELS))("%s", async (_, [isOpened, change]) => {
    expect(await opens(change)).toBe(isOpened);
    for (const target of ["cpu", "wasm", "webgpu", "cuda"] as const) {
      const findings = await checkFile(broken(change).source, { target });
      const errors = findings.filter(({ severity }) => severity === "error");
      expect(isValid(findings)).toBe(true);
      expect(errors.length > 0, JSON.stringify(errors)).toBe(!isOpened);
    }
  });
});
