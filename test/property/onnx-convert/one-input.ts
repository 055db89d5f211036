/** Models of a few nodes with one input x, of float. */
import type { Plain } from "../../unit/onnx-support/write-record.js";
import { FLOAT, modelOf, value } from "./models.js";
import { bytesOf, expectSameRuns, floatsOf, run } from "./same-runs.js";

export interface OneInput {
  readonly opset: number;
  readonly nodes: readonly Plain[];
  /** Of x. */
  readonly dims: readonly number[];
  /** Element types by name; default y, float. */
  readonly outputs?: Readonly<Record<string, number>>;
  readonly initializers?: readonly Plain[];
  /** Whether the model says the shape of x; default true. */
  readonly isShaped?: boolean;
  /** Of the numbers in x. */
  readonly seed: number;
}

/** Runs the model as it is, so that its outputs can be declared, then in both opsets. Returns the operators raised. */
export async function expectSame(parts: OneInput): Promise<readonly string[]> {
  const { dims, seed, outputs = { y: FLOAT }, isShaped = true } = parts;
  const inputs = [value("x", FLOAT, isShaped ? dims : dims.map((_, n) => `d${n}`))];
  const feeds = { x: floatsOf(dims, seed) };
  const model = (declared: readonly Plain[]) => bytesOf(modelOf({ ...parts, inputs, outputs: declared }));
  const types = Object.entries(outputs);
  const found = await run(model(types.map(([name, type]) => value(name, type))), feeds);
  return expectSameRuns(model(types.map(([name, type]) => value(name, type, found[name]!.dims))), feeds);
}
