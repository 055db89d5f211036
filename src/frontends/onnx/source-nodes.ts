/** The nodes of a graph, with what is known of their inputs. */
import { type Dim, type Shape, symbol } from "../../ir/dim.js";
import { isOnnxDomain } from "../../onnx/domains.js";
import type { GraphProto, ModelProto, NodeProto } from "../../onnx/graph/records.js";
import type { KnownOf } from "../../onnx/infer/setting.js";
import { SmallValue } from "../../onnx/infer/small-value.js";
import type { Dim as OnnxDim, TypeInfo } from "../../onnx/infer/type-info.js";
import type { SourceNode } from "./reading.js";
import { asMultiple, type SizeMultiples } from "./size-multiples.js";
import type { SourceConstants } from "./source-constants.js";

const FLOAT = 1;

/** What inference knows where it visits a node. */
export interface Visit {
  readonly typeOf: (name: string) => TypeInfo | null;
  readonly known: KnownOf;
  /** The shape of a float32 value. */
  readonly shapeOf: (name: string) => Shape | undefined;
}

export interface SourceNodes {
  source(node: NodeProto, visit: Visit): SourceNode;
  /** Of a float32 value; sizes that nothing is known of get names of their own. */
  shape(name: string, type: TypeInfo | null): Shape | undefined;
}

/** @param multiples what sizes are known to be multiples of */
export function sourceNodes(
  model: ModelProto,
  graph: GraphProto,
  constants: SourceConstants,
  multiples: SizeMultiples,
): SourceNodes {
  const opset = onnxOpset(model);
  const doubtful = repeatedSymbols(graph);
  const dimOf = (dim: OnnxDim): Dim | undefined => {
    if (typeof dim === "number") return dim >= 1 ? dim : undefined;
    return dim === null || dim === "" || doubtful.has(dim) ? undefined : asMultiple(dim, multiples);
  };
  return {
    shape(name, type) {
      if (type?.kind !== "tensor" || type.elem !== FLOAT || type.shape === null) return undefined;
      return type.shape.map((dim, axis) => dimOf(dim) ?? symbol(`${name}[${axis}]`));
    },
    source(node, { typeOf, known, shapeOf }) {
      const input = (index: number): string | undefined => node.input[index] || undefined;
      const at = <T>(index: number, of: (name: string) => T | undefined): T | undefined => {
        const name = input(index);
        return name === undefined ? undefined : of(name);
      };
      return {
        node,
        opset,
        input,
        shape: (index) => at(index, shapeOf),
        tensor: (index) => at(index, (name) => constants.tensor(name, fixedShape(typeOf(name)))),
        numbers: (index) =>
          at(index, (name) => {
            const constant = known.constant(name);
            return constant === null ? undefined : SmallValue.from(constant)?.data;
          }),
        sizes: (index) => at(index, (name) => known.sizes(name)?.map(dimOf)),
      };
    },
  };
}

/** Of a float32 value whose sizes are all known. */
export function fixedShape(type: TypeInfo | null): readonly number[] | undefined {
  const shape = type?.kind === "tensor" && type.elem === FLOAT ? type.shape : null;
  return shape?.every((dim) => typeof dim === "number") ? shape : undefined;
}

/** Version of ai.onnx that a model imports; 1 where it imports none, as models did before there were opsets. */
export function onnxOpset({ opset_import }: ModelProto): number {
  return Number(opset_import.find(({ domain }) => isOnnxDomain(domain))?.version ?? 1);
}

/** Names that one input gives to several of its sizes: exporters write "None" or "?" for whatever is not known. */
function repeatedSymbols(graph: GraphProto): ReadonlySet<string> {
  const repeated = new Set<string>();
  for (const { type } of graph.input) {
    const names = (type?.tensor_type?.shape?.dim ?? []).flatMap(({ dim_param }) =>
      dim_param === undefined ? [] : [dim_param],
    );
    for (const [index, name] of names.entries()) if (names.indexOf(name) !== index) repeated.add(name);
  }
  return repeated;
}
