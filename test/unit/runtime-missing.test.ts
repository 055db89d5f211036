import { expect, test, vi } from "vitest";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";

vi.mock("onnxruntime-node", () => {
  throw new Error("Cannot find package 'onnxruntime-node'");
});

test("without onnxruntime-node the remedy is told", async () => {
  const opening = createNodeSession({ name: "tiny", bytes: new Uint8Array() }, { target: "cpu" });
  await expect(opening).rejects.toMatchObject({
    kind: "io",
    diagnostics: [{ code: "runtime/not-installed", hint: expect.stringContaining("npm install onnxruntime-node") }],
  });
});
