import { beforeAll, describe, expect, it } from "vitest";
import { ELEMENT_TYPES } from "../../src/onnx/graph/element-types.js";
import { kernelsOf } from "../../src/onnx/providers/kernel-table.js";
import { PROVIDERS } from "../../src/onnx/providers/provider.js";
import { PROVIDER_TABLES, providerSupport } from "../../src/onnx/providers/provider-support.js";
import { loadSchemas, type Schema, type SchemaRegistry } from "../../src/onnx/schemas/registry.js";

let schemas: SchemaRegistry;
beforeAll(async () => {
  schemas = await loadSchemas();
});

function support(
  provider: (typeof PROVIDERS)[number],
  name: string,
  opset: number,
  types: Record<string, string> = {},
) {
  const schema = schemas.find("", name, opset)!;
  return providerSupport(provider, schema, new Map(Object.entries(types))).status;
}

describe("providerSupport", () => {
  it("looks kernels up by the exact version of the operator", () => {
    expect(support("webgpu", "GlobalAveragePool", 21, { T: "float" })).toBe("native");
    expect(support("webgpu", "GlobalAveragePool", 22, { T: "float" })).toBe("cpu");
    expect(support("cuda", "Pad", 18, { T: "float" })).toBe("native");
    expect(support("cuda", "Pad", 19, { T: "float" })).toBe("cpu");
  });

  it("runs a kernel given with an end for every version up to it", () => {
    expect(support("cuda", "ReduceMean", 13, { T: "float" })).toBe("native");
    expect(support("cuda", "Transpose", 21, { T: "float" })).toBe("native");
  });

  it("judges types by the operator's type variables", () => {
    expect(support("cpu", "Conv", 17, { T: "float" })).toBe("native");
    expect(support("cpu", "Conv", 17, { T: "double" })).toBe("refused");
    expect(support("webgpu", "Add", 17, { T: "int64" })).toBe("cpu");
    expect(support("webgpu", "Cast", 17, { T1: "float", T2: "int64" })).toBe("native");
    expect(support("webgpu", "Cast", 17, { T1: "int64", T2: "float" })).toBe("cpu");
  });

  it("says where 16-bit floats are only stored", () => {
    expect(support("cpu", "Conv", 17, { T: "float16" })).toBe("as-float32");
    expect(support("wasm", "Conv", 17, { T: "float16" })).toBe("as-float32");
    expect(support("webgpu", "Conv", 17, { T: "float16" })).toBe("native");
    expect(support("cpu", "Conv", 17, { T: "bfloat16" })).toBe("refused");
  });

  it("runs operators without a kernel by the operators that define them", () => {
    expect(support("cpu", "HardSwish", 17, { T: "float" })).toBe("native");
    expect(support("webgpu", "HardSwish", 17, { T: "float" })).toBe("native");
    expect(support("cuda", "CenterCropPad", 18, { T: "float" })).toBe("unknown");
  });

  it("moves control flow of WebGPU to the CPU", () => {
    for (const name of ["Loop", "Scan"]) expect(support("webgpu", name, 17)).toBe("cpu");
    expect(support("webgpu", "If", 17)).toBe("native");
  });

  it("promises nothing of what no table has", () => {
    const statuses = PROVIDERS.map((provider) => [
      support(provider, "Cast", 28, { T1: "float", T2: "float" }),
      providerSupport(provider, { domain: "com.microsoft", name: "FusedConv", sinceVersion: 1 }).status,
    ]);
    expect(statuses.flat().every((status) => status === "unknown")).toBe(true);
  });

  it("knows that Constant nodes need no kernel", () => {
    for (const provider of PROVIDERS) expect(support(provider, "Constant", 17)).toBe("native");
  });

  it("finds operators by their own names only", () => {
    const none = providerSupport("cpu", { domain: "", name: "constructor", sinceVersion: 1 });
    expect(none.status).toBe("refused");
  });
});

describe.each(PROVIDERS)("the table of %s", (provider) => {
  const table = PROVIDER_TABLES[provider];
  const known = new Set(ELEMENT_TYPES.map(({ name }) => name.toLowerCase()));
  const lines = table.text.split("\n").filter((line) => line !== "" && !line.startsWith("@"));

  it("has rows of operators, versions and constraints that ONNX has", () => {
    const all = [...schemas.all()];
    const wrong: string[] = [];
    for (const line of lines) {
      const id = line.slice(0, line.indexOf(" "));
      const versions = all.filter(({ domain, name }) => (domain === "" ? name : `${domain}.${name}`) === id);
      const kernels = versions.flatMap((schema) => rowsOf(schema).map((row) => ({ schema, row })));
      if (kernels.length === 0) wrong.push(line);
      for (const { schema, row } of kernels) {
        const names = new Set([...schema.inputs, ...schema.outputs].flatMap((p) => [p.name, p.type]));
        for (const [constraint, types] of row.types) {
          if (!names.has(constraint)) wrong.push(`${id} ${schema.sinceVersion} has no ${constraint}`);
          for (const type of types) if (!known.has(type)) wrong.push(`${id}: ${type}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("says where it is from", () => {
    expect(table.source).toMatch(/1\.30|docs\/OperatorKernels\.md/);
  });

  function rowsOf({ domain, name, sinceVersion }: Schema) {
    return kernelsOf(table, domain, name, sinceVersion);
  }
});
