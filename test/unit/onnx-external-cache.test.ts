import { describe, expect, it } from "vitest";
import { checkFile } from "../../src/onnx/check/check-model.js";
import type { ExternalDataFolder } from "../../src/onnx/check/external-folder.js";
import { broken, EXTERNAL, node, tensor } from "../errors/onnx-rules/case.js";

describe("check, of external data", () => {
  it("asks for a file once that many tensors share, and closes each that it opened", async () => {
    const asked = { state: 0, open: 0, close: 0 };
    const folder: ExternalDataFolder = {
      state: async () => {
        asked.state++;
        return "regular";
      },
      open: async () => {
        asked.open++;
        return {
          size: 1000,
          read: async (_, length) => new Uint8Array(length),
          close: async () => {
            asked.close++;
          },
        };
      },
    };
    const names = Array.from({ length: 100 }, (_, i) => `w${i}`);
    const { source } = broken((m) => {
      m.graph!.node[0] = node({ opType: "Sum", input: ["x", ...names], output: ["y"] });
      for (const [i, name] of names.entries()) {
        const externalData = [
          { key: "location", value: i < 50 ? "a.bin" : "b.bin" },
          { key: "offset", value: `${4 * i}` },
        ];
        m.graph!.initializer.push(tensor({ name, floatData: [], dataLocation: EXTERNAL, externalData }));
      }
    });
    expect(await checkFile(source, { strict: true, folder })).toEqual([]);
    expect(asked.state).toBe(2);
    expect(asked.open).toBe(asked.close);
    expect(asked.open).toBeLessThan(6);
  });
});
