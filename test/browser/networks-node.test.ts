/** The networks of `fixtures/` on the providers that Node has. */
import { afterAll } from "vitest";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { Session } from "../../src/sessions/session.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { describeProvider, type Provider } from "./networks/provider.js";

const open: Session[] = [];
afterAll(async () => {
  for (const session of open) await session.release();
});

const inNode =
  (target: Provider["target"]): Provider["run"] =>
  async (bytes, inputs, noFallback) => {
    const session = await createNodeSession({ name: "graph", bytes }, { target, noFallback });
    open.push(session);
    const feeds = [...inputs].map(
      ([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }] as const,
    );
    const { shape, data } = (await session.run(new Map(feeds))).get("y")!;
    return dense(shape, data);
  };

describeProvider({ name: "CPU, onnxruntime-node", target: "cpu", run: inNode("cpu") });
describeProvider({ name: "WebAssembly, onnxruntime-web in Node", target: "wasm", run: inNode("wasm") });
describeProvider({ name: "WebGPU, onnxruntime-node", target: "webgpu", run: inNode("webgpu") });
