// A strict TypeScript project that works on ONNX files.
import {
  build,
  checkModel,
  type DiffResult,
  diffModels,
  type ElementTypeName,
  type Finding,
  fromOnnxProto,
  inferTypes,
  type ModelProto,
  type NodeProto,
  readModel,
  type Shape,
  toBytes,
  toOnnxProto,
  type Visitor,
  walkModel,
} from "smxc/onnx";

export async function renamed(file: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const model = await readModel(file, "model.onnx");
  const [first, ...others] = model.graph.output;
  const output = first === undefined ? [] : [{ ...first, name }, ...others];
  return toBytes({ ...model, producer_name: "mine", graph: { ...model.graph, output } });
}

export function operators(model: ModelProto): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const visitor: Visitor = {
    node: ({ op_type = "" }: NodeProto, place) => void counts.set(`${place} ${op_type}`, 1),
  };
  walkModel(model, visitor);
  return counts;
}

export async function judged(a: ModelProto, b: ModelProto): Promise<readonly [readonly Finding[], DiffResult]> {
  return [await checkModel(a, { strict: true, target: "webgpu" }), await diffModels(a, b, { tolerance: 1e-6 })];
}

export async function shapeOf(model: ModelProto, value: string): Promise<Shape | null> {
  const type = (await inferTypes(model, { shapes: new Map([["x", [1, "C", null]]]) })).get(value);
  return type?.kind === "tensor" ? type.shape : null;
}

export const type: ElementTypeName = "BFLOAT16";
export const node: NodeProto = build.node("Conv", ["x", "w", ""], ["y"], {
  attribute: [build.attribute("pads", { ints: [1, 1n, 1, 1] })],
});
export const converted = async (model: ModelProto): Promise<ModelProto> => fromOnnxProto(await toOnnxProto(model));

// @ts-expect-error records are not changed
node.op_type = "Relu";
