/** Sizes of a graph's inputs as a compile asks for them. */
import { type Diagnostic, error, SmxcError } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";
import type { GraphProto, Message, ValueInfoProto } from "../onnx/graph/records.js";

/** What a size of the first input is to be; `keep` what the source says. */
export type AskedSize = number | "dynamic" | "keep";

export interface AskedSizes {
  /** Absent: open where that is proven, else what the source says. */
  readonly batch?: AskedSize;
  readonly height: AskedSize;
  readonly width: AskedSize;
}

type Dimension = Message<"TensorShapeProto.Dimension">;

/**
 * The graph with the sizes that are asked for: a name that the source has for an open size becomes a number wherever
 * it stands.
 *
 * @throws SmxcError `compile/fixed-size` where the source fixes a size that is to be another, or open
 */
export function fixSizes(graph: GraphProto, asked: AskedSizes): GraphProto {
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  const main = graph.input.find(({ name }) => !initializers.has(name));
  const dims = main?.type?.tensor_type?.shape?.dim ?? [];
  const axes = { batch: 0, height: dims.length - 2, width: dims.length - 1 } as const;
  const numbers = new Map<string, number>();
  const faults: Diagnostic[] = [];
  for (const name of ["batch", "height", "width"] as const) {
    const [size, dim] = [asked[name], dims[axes[name]]];
    // Opening a batch is another matter than fixing it.
    if (
      size === undefined ||
      size === "keep" ||
      (name === "batch" && size === "dynamic") ||
      (name !== "batch" && dims.length < 4)
    )
      continue;
    const fixed = dim?.dim_value;
    if (fixed !== undefined && Number(fixed) !== size) faults.push(fixedSize(name, size, Number(fixed), main));
    else if (fixed === undefined && typeof size === "number" && dim?.dim_param) numbers.set(dim.dim_param, size);
  }
  if (faults.length > 0) throw new SmxcError(faults);
  if (numbers.size === 0) return graph;
  const sized = (info: ValueInfoProto): ValueInfoProto => withNumbers(info, numbers);
  return {
    ...graph,
    input: graph.input.map(sized),
    output: graph.output.map(sized),
    value_info: graph.value_info.map(sized),
  };
}

function withNumbers(info: ValueInfoProto, numbers: ReadonlyMap<string, number>): ValueInfoProto {
  const shape = info.type?.tensor_type?.shape;
  if (shape === undefined || !shape.dim.some(({ dim_param = "" }) => numbers.has(dim_param))) return info;
  const dim = shape.dim.map((each): Dimension => {
    const size = numbers.get(each.dim_param ?? "");
    return size === undefined ? each : { ...each, dim_param: undefined, dim_value: size };
  });
  return { ...info, type: { ...info.type!, tensor_type: { ...info.type!.tensor_type!, shape: { ...shape, dim } } } };
}

function fixedSize(
  name: "batch" | "height" | "width",
  asked: AskedSize,
  fixed: number,
  input: ValueInfoProto | undefined,
): Diagnostic {
  const isOpened = name === "batch" && fixed === 1;
  const wanted = asked === "dynamic" ? "cannot be dynamic" : `cannot be ${asked}`;
  return error("compile/fixed-size", `the ${name} ${wanted}: the source fixes it to ${fixed}`, {
    place: `input "${input?.name ?? ""}"`,
    ...(isOpened
      ? remedy`leave out ${option(name)}; a batch of 1 becomes dynamic if smxc can prove that every node treats the samples separately`
      : remedy`keep it with ${option(name, "keep")}, or export the network with a dynamic ${name}`),
  });
}
