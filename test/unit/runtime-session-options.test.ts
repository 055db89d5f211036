import { expect, test } from "vitest";
import { createOrtSession, type OrtModule } from "../../src/sessions/session-ort.js";

/** A runtime that keeps what its sessions were opened with. */
function runtime(): { readonly ort: OrtModule; readonly opened: unknown[] } {
  const opened: unknown[] = [];
  const session = { inputMetadata: [], inputNames: [], outputNames: [] };
  const ort = {
    env: {},
    InferenceSession: {
      create: async (_model: unknown, options: unknown) => {
        opened.push(options);
        return session;
      },
    },
  };
  return { ort: ort as unknown as OrtModule, opened };
}

test("threads rest between runs, so that graphs that run in turn do not slow each other down", async () => {
  const { ort, opened } = runtime();
  await createOrtSession(ort, "model.onnx", { target: "cpu", threads: 2 });
  expect(opened).toMatchObject([{ intraOpNumThreads: 2, extra: { session: { force_spinning_stop: "1" } } }]);
});

test("a graph must not leave operators to the CPU when told so", async () => {
  const { ort, opened } = runtime();
  await createOrtSession(ort, "model.onnx", { target: "webgpu", noFallback: true });
  expect(opened).toMatchObject([{ extra: { session: { disable_cpu_ep_fallback: "1" } } }]);
});
