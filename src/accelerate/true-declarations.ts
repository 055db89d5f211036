/**
 * Declared shapes that are not so. Some converters write −1 for a size that is open. Tools that change inputs alone leave
 * outputs and inner values with shapes that the nodes contradict: ONNX Runtime warns of them and goes by the nodes. So does smxc,
 * whose proofs read declared shapes.
 */
import { type Diagnostic, warning } from "../base/diagnostics.js";
import { record } from "../onnx/graph/build.js";
import type { GraphProto, ModelWithGraph, ValueInfoProto } from "../onnx/graph/records.js";
import { InferenceFault } from "../onnx/infer/fault.js";
import { inferModel } from "../onnx/infer/infer-model.js";
import { checkCompatible } from "../onnx/infer/merge.js";
import { type Dim, isTensor, type Shape, type TypeInfo, typeInfo } from "../onnx/infer/type-info.js";
import { type Dimension, withDims } from "../onnx/rewrite/with-dims.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";

/**
 * The model with the shapes that its nodes give where others are declared: of its outputs, and of inner values none.
 *
 * @param report takes a warning `compile/declared-shape` for each output
 */
export function withTrueDeclarations(
  source: ModelWithGraph,
  schemas: SchemaRegistry,
  report: (diagnostic: Diagnostic) => void = () => {},
): ModelWithGraph {
  const model = withoutNegativeSizes(source);
  if (!isContradicted(model, schemas)) return model;
  const { graph } = model;
  const given = new Set(graph.node.flatMap((node) => node.output));
  const bare: GraphProto = {
    ...graph,
    value_info: [],
    // An output that is an initializer has the shape of its values.
    output: graph.output.map((info) => (given.has(info.name ?? "") ? withShape(info, null) : info)),
  };
  const inferred = inferModel({ ...model, graph: bare }, schemas);
  const contradiction = ({ name = "", type }: ValueInfoProto) => contradictionOf(inferred.get(name), typeInfo(type));
  const output = graph.output.map((info) => {
    const because = contradiction(info);
    if (because === undefined) return info;
    report(declaredShape(info.name ?? "", because));
    return withShape(info, shapeOf(inferred.get(info.name ?? "")!));
  });
  const value_info = graph.value_info.filter((info) => contradiction(info) === undefined);
  return { ...model, graph: { ...graph, value_info, output } };
}

function withoutNegativeSizes(model: ModelWithGraph): ModelWithGraph {
  const { graph } = model;
  const isNegative = ({ dim_value }: Dimension): boolean => dim_value !== undefined && dim_value < 0;
  const hasNegative = ({ type }: ValueInfoProto): boolean => type?.tensor_type?.shape?.dim.some(isNegative) ?? false;
  if (![...graph.input, ...graph.output, ...graph.value_info].some(hasNegative)) return model;
  const opened = (info: ValueInfoProto) => withDims(info, (dim) => (isNegative(dim) ? dimension(null) : dim));
  const [input, output, value_info] = [graph.input, graph.output, graph.value_info].map((infos) => infos.map(opened));
  return { ...model, graph: { ...graph, input: input!, output: output!, value_info: value_info! } };
}

/** Whether the shape of some value, of the main graph or of one within it, is not the one that is declared. */
function isContradicted(model: ModelWithGraph, schemas: SchemaRegistry): boolean {
  let found = false;
  inferModel(model, schemas, {
    listener: {
      contradiction: (kind) => {
        found ||= kind === "rank" || kind === "dimension";
      },
    },
  });
  return found;
}

/** Undefined where the two agree, or differ in more than their shapes: such a model does not run. */
function contradictionOf(inferred: TypeInfo | undefined, declared: TypeInfo): string | undefined {
  if (inferred === undefined || !isTensor(inferred) || !isTensor(declared)) return undefined;
  try {
    checkCompatible(inferred, declared);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof InferenceFault)) throw cause;
    return cause.kind === "type" ? undefined : cause.message;
  }
}

function shapeOf(type: TypeInfo): Shape | null {
  return isTensor(type) ? type.shape : null;
}

function withShape(info: ValueInfoProto, shape: Shape | null): ValueInfoProto {
  const tensor = info.type?.tensor_type;
  if (tensor === undefined) return info;
  const dims = shape?.map(dimension);
  const declared = dims === undefined ? undefined : record("TensorShapeProto", { dim: dims });
  return { ...info, type: { ...info.type!, tensor_type: { ...tensor, shape: declared } } };
}

function dimension(dim: Dim) {
  if (typeof dim === "string") return record("TensorShapeProto.Dimension", { dim_param: dim });
  // Sizes that only a computation with absurd numbers gives.
  const isSize = dim !== null && dim >= 0 && Number.isSafeInteger(dim);
  return record("TensorShapeProto.Dimension", isSize ? { dim_value: dim } : {});
}

const declaredShape = (output: string, because: string): Diagnostic =>
  warning("compile/declared-shape", `the output "${output}" ${because}; the compiled graph declares what it is`, {
    place: output,
    hint: "correct the declaration in the source, because other tools may trust it",
  });
