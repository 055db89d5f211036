/** Opening a model: what the source is decides, and what is opened is closed again. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { compile, importCheckpoint } from "../../src/api.js";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { type ModelFile, openModel } from "../../src/open-model.js";

const CHECKPOINT = new URL("../../fixtures/oracle/condconv-dense/weights.safetensors", import.meta.url);

let [document, weights, graph]: Uint8Array<ArrayBuffer>[] = [];
beforeAll(async () => {
  const config = new Map([["out_channels", 8]]);
  const imported = await importCheckpoint(new Uint8Array(readFileSync(CHECKPOINT)), { arch: "condconv", config });
  weights = imported.weights;
  document = new TextEncoder().encode(JSON.stringify(imported.document));
  graph = Uint8Array.from(await compile(document, weights));
});

/** A file that says whether it was closed. */
function file(name: string, bytes: Uint8Array<ArrayBuffer>) {
  const closed = { times: 0 };
  const source: ModelFile = {
    ...bytesSource(name, bytes),
    close: async () => {
      closed.times++;
    },
  };
  return { source, closed };
}

describe("a model is opened as what it is", () => {
  it("a document with the weights that it names", async () => {
    const [text, tensors] = [file("model.json", document!), file("w.safetensors", weights!)];
    const named: (string | undefined)[] = [];
    const model = await openModel(text.source, "network", {
      weights: async (name) => {
        named.push(name);
        return tensors.source;
      },
    });
    expect(model).toMatchObject({ kind: "document", name: "model.json", files: ["model.json", "w.safetensors"] });
    expect(named).toEqual(["model.weights.safetensors"]);
    expect(text.closed.times).toBe(1);
    expect(tensors.closed.times).toBe(0);
    await model.close();
    expect(tensors.closed.times).toBe(1);
  });

  it.each(["network", "graph"] as const)("a graph as a record, where a %s is wanted", async (wanted) => {
    const { source, closed } = file("model.onnx", graph!);
    const model = await openModel(source, wanted);
    expect(model.kind === "graph" && model.decoded.message.graph?.node.length).toBeGreaterThan(0);
    expect(closed.times).toBe(0);
    await model.close();
    expect(closed.times).toBe(1);
  });

  it("whatever it is called", async () => {
    expect((await openModel(file("model.onnx", document!).source, "network")).kind).toBe("document");
    expect((await openModel(file("model.json", graph!).source, "network")).kind).toBe("graph");
  });
});

describe("what cannot be opened is closed, and said to be what it is", () => {
  it.each([
    ["network", "weights.pt", "onnx/unknown-format"],
    ["document", "weights.pt", "document/unknown-format"],
    ["graph", "weights.pt", "onnx/unknown-format"],
  ] as const)("a %s that is a checkpoint", async (wanted, name, code) => {
    const { source, closed } = file(name, weights!);
    await expect(openModel(source, wanted)).rejects.toMatchObject({ diagnostics: [{ code, file: name }] });
    expect(closed.times).toBe(1);
  });

  it("other weights than those that the document names", async () => {
    const [text, tensors] = [file("model.json", document!), file("other.safetensors", graph!)];
    const opened = openModel(text.source, "document", { weights: async () => tensors.source });
    await expect(opened).rejects.toMatchObject({
      diagnostics: [
        { code: "weights/wrong-checksum", file: "model.json", place: "other.safetensors", pointer: "/weights/sha256" },
      ],
    });
    expect([text.closed.times, tensors.closed.times]).toEqual([1, 1]);
  });

  it("documents that no person wrote", async () => {
    const { source, closed } = file("model.json", document!);
    await expect(openModel({ ...source, size: 2 ** 26 + 1 }, "document")).rejects.toMatchObject({
      diagnostics: [{ code: "document/too-large", file: "model.json" }],
    });
    expect(closed.times).toBe(1);
  });
});
