import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { SmxcError } from "../../src/base/diagnostics.js";
import { encodeModel } from "../../src/onnx/encode.js";
import { attribute, floatTensor } from "../../src/onnx/graph/build.js";
import type { ModelProto } from "../../src/onnx/graph/records.js";
import type { ModelBytes, SessionOptions, Tensor } from "../../src/sessions/session.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { CHANNELS, pixel, tinyGraph } from "./runtime-tiny-graph.js";

const bytesOf = async (model: ModelProto): Promise<ModelBytes> => ({
  name: "tiny",
  bytes: await collect(encodeModel(model).model),
});

/** Values −1 … 1 that float16 holds exactly, [1,3,2,3]. */
const INPUT: Tensor = {
  data: Float32Array.from({ length: 18 }, (_, i) => ((i * 5) % 17) / 8 - 1),
  shape: [1, CHANNELS.in, 2, 3],
};

function expected({ data }: Tensor): readonly number[] {
  const pixels = Array.from({ length: 6 }, (_, i) => pixel([data[i]!, data[6 + i]!, data[12 + i]!]));
  return [0, 1].flatMap((channel) => pixels.map((values) => values[channel]!));
}

async function runOnce(model: ModelBytes | string, options: SessionOptions): Promise<Tensor> {
  const session = await createNodeSession(model, options);
  try {
    return (await session.run(new Map([["x", INPUT]]))).get("y")!;
  } finally {
    await session.release();
  }
}

async function refusal(work: Promise<unknown>): Promise<SmxcError> {
  const cause: unknown = await work.then(
    () => expect.unreachable("it should have been refused"),
    (error: unknown) => error,
  );
  expect(cause).toBeInstanceOf(SmxcError);
  return cause as SmxcError;
}

describe.each(["cpu", "wasm"] as const)("on %s", (target) => {
  test("a graph runs from bytes", async () => {
    const { data, shape } = await runOnce(await bytesOf(tinyGraph()), { target });
    expect(shape).toEqual([1, CHANNELS.out, 2, 3]);
    expect(Array.from(data)).toEqual(expected(INPUT));
  });

  test.each(["disabled", "basic", "extended", "all"] as const)(
    "with optimization %s and one thread",
    async (optimization) => {
      const { data } = await runOnce(await bytesOf(tinyGraph()), { target, optimization, threads: 1 });
      expect(Array.from(data)).toEqual(expected(INPUT));
    },
  );

  test("float16 in and out is float32 to the caller", async () => {
    const { data } = await runOnce(await bytesOf(tinyGraph("FLOAT16")), { target });
    expect(Array.from(data)).toEqual(expected(INPUT));
  });

  test("a session tells its inputs and outputs", async () => {
    const session = await createNodeSession(await bytesOf(tinyGraph("FLOAT16")), { target });
    expect(session).toMatchObject({
      inputNames: ["x"],
      outputNames: ["y"],
      inputs: [{ name: "x", type: "float16", shape: ["N", 3, "H", "W"] }],
    });
    await session.release();
  });

  test("wrong names of inputs are told together", async () => {
    const session = await createNodeSession(await bytesOf(tinyGraph()), { target });
    const { diagnostics } = await refusal(session.run(new Map([["constructor", INPUT]])));
    expect(diagnostics.map(({ code }) => code)).toEqual(["runtime/missing-feed", "runtime/unknown-feed"]);
    await session.release();
  });

  test("a wrong shape is told in the runtime's words", async () => {
    const session = await createNodeSession(await bytesOf(tinyGraph()), { target });
    const wrong: Tensor = { data: new Float32Array(12), shape: [1, 2, 2, 3] };
    const { diagnostics } = await refusal(session.run(new Map([["x", wrong]])));
    expect(diagnostics[0]).toMatchObject({ code: "runtime/failed", file: "tiny" });
    expect(diagnostics[0]!.message).toMatch(/^ONNX Runtime cannot run the graph: .*Got: 2 Expected: 3/);
    await session.release();
  });

  test("what is no graph is told in the runtime's words", async () => {
    const { kind, diagnostics } = await refusal(
      createNodeSession({ name: "noise", bytes: new Uint8Array(100).fill(255) }, { target }),
    );
    expect({ kind, code: diagnostics[0]!.code }).toEqual({ kind: "invalid", code: "runtime/failed" });
    expect(diagnostics[0]!.message).toMatch(/^ONNX Runtime cannot load the graph: .*protobuf/i);
  });
});

describe("weights outside of the graph", () => {
  /** Only weights of 1 KiB and more are put outside: a wider kernel, all of it zero but for the centre. */
  const wide = (): ModelProto => {
    const { graph, ...rest } = tinyGraph();
    const weights = new Float32Array(2 * 3 * 81);
    for (let o = 0; o < 2; o++) for (let c = 0; c < 3; c++) weights[(o * 3 + c) * 81 + 40] = o + c;
    const window = [attribute("kernel_shape", { ints: [9, 9] }), attribute("pads", { ints: [4, 4, 4, 4] })];
    const initializer = floatTensor("w", "FLOAT", { shape: [2, 3, 9, 9], read: async () => weights });
    return {
      ...rest,
      graph: { ...graph, initializer: [initializer], node: [{ ...graph.node[0]!, attribute: window }, graph.node[1]!] },
    };
  };
  let folder: string;
  let graph: Uint8Array;
  let data: Uint8Array;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "smxc-session-"));
    const encoded = encodeModel(wide(), { external: { location: "wide.onnx.data" } });
    data = await collect(encoded.data);
    graph = await collect(encoded.model("0".repeat(64)));
    writeFileSync(join(folder, "wide.onnx"), graph);
    writeFileSync(join(folder, "wide.onnx.data"), data);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const first = Math.max(0, INPUT.data[6]! + 2 * INPUT.data[12]!);

  test.each(["cpu", "wasm"] as const)("are found beside the file on %s", async (target) => {
    expect((await runOnce(join(folder, "wide.onnx"), { target })).data[0]).toBeCloseTo(first, 6);
  });

  test.each(["cpu", "wasm"] as const)("are taken from memory on %s", async (target) => {
    const model = { name: "wide", bytes: graph, externalData: [{ path: "wide.onnx.data", bytes: data }] };
    expect((await runOnce(model, { target })).data[0]).toBeCloseTo(first, 6);
  });
});

test("a graph that is not there is told with a remedy", async () => {
  const onCpu = await refusal(createNodeSession("no-such.onnx", { target: "cpu" }));
  expect(onCpu.diagnostics[0]).toMatchObject({
    code: "runtime/failed",
    file: "no-such.onnx",
    hint: "check the name of the file",
  });
  const onWasm = await refusal(createNodeSession("no-such.onnx", { target: "wasm" }));
  expect(onWasm).toMatchObject({ kind: "io", diagnostics: [{ code: "runtime/cannot-read", file: "no-such.onnx" }] });
});
