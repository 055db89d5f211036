/** A small document, whole or with faults, and the weights of its convolution. */
import { type Finding, marked, type Row } from "../bad-input.js";
import { safetensors } from "../bad-input-files.js";

export const WEIGHTS = safetensors([
  ["y.weight", [2, 3, 1, 1]],
  ["y.bias", [2]],
]);

/** One mixed convolution's tensors, as a checkpoint has them. */
export const layer = (more: readonly (readonly [name: string, shape: readonly number[]])[] = []): Uint8Array =>
  safetensors([["weight", [4, 3, 1, 1]], ["mlp.0.weight", [2, 3]], ["mlp.0.bias", [2]], ...more]);

const CONV = '{"name":"y","op":"conv","in":"x","out":2,"kernel":1}';

interface Parts {
  readonly inputs?: string;
  readonly layers?: string;
  readonly outputs?: string;
  readonly more?: string;
  readonly weights?: string;
}

/** A document of one convolution, or with parts of it replaced. */
export const document = ({ inputs, layers, outputs, more, weights }: Parts = {}): string => `{
  "version": 1, "name": "test",${more ?? ""}
  "weights": {"file":${weights ?? '"w.safetensors"'}},
  "inputs": [${inputs ?? '{"name":"x","shape":["N",3,"H","W"]}'}],
  "layers": [
    ${layers ?? CONV}
  ],
  "outputs": [${outputs ?? '"y"'}]
}
`;

export type Fault = Omit<Finding, "file" | "line" | "column">;

export const COMPILE = ["compile", "m.json", "-o", "m.onnx", "--no-verify"];

/** A document with a mark at the place of every fault. */
export function compiling(what: string, source: string, ...faults: readonly Fault[]): Row {
  const { text, at } = marked(source);
  return {
    what,
    files: { "m.json": text, "w.safetensors": WEIGHTS },
    argv: COMPILE,
    exit: 1,
    findings: faults.map((fault, index) => ({ file: "m.json", ...at[index], ...fault })),
  };
}
