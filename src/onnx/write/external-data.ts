/** Weights into a file of their own beside the model. */
import { property } from "../graph/build.js";
import { elementCode } from "../graph/element-types.js";
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from "../graph/records.js";
import type { Deferred, Piece, Rope } from "./rope.js";

export interface ExternalOptions {
  /** Weights of 1 KiB and more go into a file of this name beside the model. */
  readonly location: string;
  /** Those that bodies of nodes hold stay in the model. */
  readonly keepBodies?: boolean;
}

const EXTERNAL = 1;
const INT64 = elementCode("INT64");

/** Values below this size stay in the model: an entry in the data file would save nothing. */
const SMALLEST_EXTERNAL = 1024;
/** Values of at least this size start on a page, so that ONNX Runtime can map them into memory. */
const MAPPED = 2 ** 20;
const PAGE = 4096;
const CACHE_LINE = 64;

/** A model whose weights are named, and the content of the file that they are in. */
export interface Separated {
  readonly model: ModelProto;
  readonly data: Rope;
}

/**
 * Moves the `raw_data` of initializers out of a model. Integers that the record holds stay: they are shapes and indices,
 * which runtimes want when they load the graph.
 */
export function separateData(model: ModelProto, { location, keepBodies = false }: ExternalOptions): Separated {
  const file = new DataFile(location);
  const graph = model.graph && separateGraph(model.graph, file, !keepBodies);
  return { model: { ...model, graph }, data: file.pieces };
}

/** Bodies come before the initializers of the graph that they are in, as nodes do. */
function separateGraph(graph: GraphProto, file: DataFile, withBodies: boolean): GraphProto {
  const node = withBodies ? graph.node.map((each) => separateBodies(each, file)) : graph.node;
  return { ...graph, node, initializer: graph.initializer.map((tensor) => separateTensor(tensor, file)) };
}

function separateBodies(node: NodeProto, file: DataFile): NodeProto {
  if (!node.attribute.some(hasGraph)) return node;
  const attribute = node.attribute.map((each): AttributeProto => {
    if (!hasGraph(each)) return each;
    const g = each.g && separateGraph(each.g, file, true);
    return { ...each, g, graphs: each.graphs.map((graph) => separateGraph(graph, file, true)) };
  });
  return { ...node, attribute };
}

function hasGraph({ g, graphs }: AttributeProto): boolean {
  return g !== undefined || graphs.length > 0;
}

function separateTensor(tensor: TensorProto, file: DataFile): TensorProto {
  const { raw_data } = tensor;
  if (raw_data === undefined || raw_data.length < SMALLEST_EXTERNAL) return tensor;
  if (tensor.data_type === INT64 && raw_data.bytes !== null) return tensor;
  const offset = file.append(raw_data);
  const external_data = [
    property("location", file.location),
    property("offset", String(offset)),
    property("length", String(raw_data.length)),
  ];
  return { ...tensor, raw_data: undefined, external_data, data_location: EXTERNAL };
}

class DataFile {
  readonly pieces: Piece[] = [];
  private length = 0;

  constructor(readonly location: string) {}

  /** Puts `values` at the next aligned offset, which it returns. */
  append(values: Deferred): number {
    const alignment = values.length >= MAPPED ? PAGE : CACHE_LINE;
    const offset = Math.ceil(this.length / alignment) * alignment;
    if (offset > this.length) this.pieces.push(new Uint8Array(offset - this.length));
    this.pieces.push(values);
    this.length = offset + values.length;
    return offset;
  }
}

/** The model with an entry of its metadata set. */
export function withProperty(model: ModelProto, key: string, value: string): ModelProto {
  const at = model.metadata_props.findIndex((entry) => entry.key === key);
  const entry = property(key, value);
  return { ...model, metadata_props: at < 0 ? [...model.metadata_props, entry] : model.metadata_props.with(at, entry) };
}
