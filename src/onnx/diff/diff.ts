/** What changed between two ONNX models: interface, nodes, attributes, shapes and weights. */
import type { DecodedModel } from "../decode.js";
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from "../proto/records.js";
import type { ReadExternal, TensorNumbers } from "../tensor-numbers.js";
import { tensorNumbers } from "../tensor-numbers.js";
import { attributesOf } from "./attributes.js";
import { matchGraphs } from "./match.js";

export type ChangeKind = "model" | "interface" | "node" | "attribute" | "input" | "shape" | "weight";

/** One difference. */
export interface Change {
  readonly kind: ChangeKind;
  /** Where, in the first model, or in the second for what only that has. */
  readonly place: string;
  readonly message: string;
  /** Largest difference of two weights' values. */
  readonly maxError?: number;
}

/** A model and the way to its external data. */
export interface DiffSide {
  readonly model: DecodedModel;
  readonly readExternal: ReadExternal;
}

export interface DiffResult {
  readonly changes: readonly Change[];
  readonly weights: { readonly equal: number; readonly close: number; readonly different: number };
}

/** @param tolerance weights whose values differ by no more are close, which is no change */
export async function diffModels(a: DiffSide, b: DiffSide, tolerance: number): Promise<DiffResult> {
  const changes: Change[] = [];
  const weights = { equal: 0, close: 0, different: 0 };
  const opsets = (side: DiffSide): string =>
    side.model.message.opset_import
      .map(({ domain, version }) => `${domain || "ai.onnx"} ${version}`)
      .sort()
      .join(", ");
  if (opsets(a) !== opsets(b))
    changes.push({ kind: "model", place: "opset_import", message: `${opsets(a)} became ${opsets(b)}` });
  const compare = async (
    x: GraphProto,
    y: GraphProto,
    path: string,
    outer: ReadonlyMap<string, string>,
  ): Promise<void> => {
    const match = matchGraphs(x, y, outer);
    changes.push(...interfaceChanges(x, y, path));
    for (const node of match.onlyA)
      changes.push({ kind: "node", place: placeOf(path, node), message: `${node.op_type} was removed` });
    for (const node of match.onlyB)
      changes.push({ kind: "node", place: placeOf(path, node), message: `${node.op_type} was added` });
    const rename = (name: string): string => match.values.get(name) ?? name;
    const weightNames = new Map(match.weights.map((pair) => [pair.a.name ?? "", pair.b.name ?? ""]));
    for (const pair of match.nodes) {
      changes.push(...nodeChanges(pair.a, pair.b, path, (name) => weightNames.get(name) ?? rename(name)));
      for (const [own, other] of bodies(pair.a, pair.b))
        await compare(own, other, `${placeOf(path, pair.a)} body `, match.values);
    }
    for (const tensor of match.weightsOnlyA)
      changes.push({ kind: "weight", place: `${path}${tensor.name}`, message: "was removed" });
    for (const tensor of match.weightsOnlyB)
      changes.push({ kind: "weight", place: `${path}${tensor.name}`, message: "was added" });
    for (const pair of match.weights) {
      const change = await weightChange(pair, a, b, path, tolerance);
      weights[change.verdict]++;
      if (change.change) changes.push(change.change);
    }
  };
  const [graphA, graphB] = [a.model.message.graph, b.model.message.graph];
  if (graphA && graphB) await compare(graphA, graphB, "", new Map());
  return { changes, weights };
}

function placeOf(path: string, node: NodeProto): string {
  return `${path}node "${node.name || node.output[0] || node.op_type}"`;
}

function interfaceChanges(a: GraphProto, b: GraphProto, path: string): readonly Change[] {
  const changes: Change[] = [];
  for (const field of ["input", "output"] as const) {
    const length = Math.max(a[field].length, b[field].length);
    for (let index = 0; index < length; index++) {
      const [own, other] = [a[field][index], b[field][index]];
      const place = `${path}${field}[${index}]`;
      if (!own || !other) {
        changes.push({
          kind: "interface",
          place,
          message: own ? `"${own.name}" was removed` : `"${other?.name}" was added`,
        });
        continue;
      }
      if (path === "" && own.name !== other.name)
        changes.push({ kind: "interface", place, message: `"${own.name}" became "${other.name}"` });
      const [was, is] = [typeText(own), typeText(other)];
      if (was !== is) changes.push({ kind: "shape", place: `${place} "${own.name}"`, message: `${was} became ${is}` });
    }
  }
  return changes;
}

function nodeChanges(a: NodeProto, b: NodeProto, path: string, rename: (name: string) => string): readonly Change[] {
  const changes: Change[] = [];
  const place = placeOf(path, a);
  const [own, other] = [attributesOf(a), attributesOf(b)];
  for (const name of new Set([...own.keys(), ...other.keys()])) {
    const [was, is] = [own.get(name), other.get(name)];
    if (was !== is)
      changes.push({ kind: "attribute", place, message: `${name}: ${was ?? "absent"} became ${is ?? "absent"}` });
  }
  const inputs = Math.max(a.input.length, b.input.length);
  for (let index = 0; index < inputs; index++) {
    const [was, is] = [a.input[index] ?? "", b.input[index] ?? ""];
    if (rename(was) !== is)
      changes.push({ kind: "input", place: `${place} input ${index}`, message: `"${was}" became "${is}"` });
  }
  return changes;
}

function bodies(a: NodeProto, b: NodeProto): readonly (readonly [GraphProto, GraphProto])[] {
  return a.attribute.flatMap((attribute) => {
    const other = b.attribute.find(({ name }) => name === attribute.name);
    return attribute.g && other?.g ? [[attribute.g, other.g] as const] : [];
  });
}

function typeText(value: ValueInfoProto): string {
  const tensor = value.type?.tensor_type;
  if (!tensor) return "no tensor";
  const dims = tensor.shape?.dim.map((dim) => dim.dim_value ?? dim.dim_param ?? "?");
  return `type ${tensor.elem_type} ${dims ? `[${dims.join(", ")}]` : "of unknown rank"}`;
}

async function weightChange(
  pair: { readonly a: TensorProto; readonly b: TensorProto },
  a: DiffSide,
  b: DiffSide,
  path: string,
  tolerance: number,
): Promise<{ readonly verdict: "equal" | "close" | "different"; readonly change?: Change }> {
  const place = `${path}${pair.a.name}`;
  const shapes = [pair.a, pair.b].map((tensor) => `type ${tensor.data_type} [${tensor.dims.join(",")}]`);
  if (shapes[0] !== shapes[1])
    return { verdict: "different", change: { kind: "weight", place, message: `${shapes[0]} became ${shapes[1]}` } };
  const own = await tensorNumbers(pair.a, a.model.source, a.readExternal);
  const other = await tensorNumbers(pair.b, b.model.source, b.readExternal);
  const maxError = largestDifference(own, other);
  if (maxError === 0) return { verdict: "equal" };
  if (maxError <= tolerance) return { verdict: "close" };
  return {
    verdict: "different",
    change: { kind: "weight", place, message: `values differ by up to ${maxError.toExponential(2)}`, maxError },
  };
}

function largestDifference(a: TensorNumbers, b: TensorNumbers): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const difference = Math.abs(Number(a[i]) - Number(b[i]));
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return largest;
}
