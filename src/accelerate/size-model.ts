/** Height and width of a model as a compile asks for them: what the source fixes is opened where that is proven. */
import { type Diagnostic, error, SmxcError } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";
import { wordsOf } from "../frontends/onnx/sizes/extent.js";
import { mainInput, type OpenedSizes, openSizes, type Side } from "../frontends/onnx/sizes/open-sizes.js";
import type { SizeRefusal } from "../frontends/onnx/sizes/size-prover.js";
import type { GraphProto, ModelWithGraph, ValueInfoProto } from "../onnx/graph/records.js";
import { inferModel } from "../onnx/infer/infer-model.js";
import type { Shape } from "../onnx/infer/type-info.js";
import { withDims } from "../onnx/rewrite/with-dims.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import { type AskedSize, type AskedSizes, fixSizes } from "./fix-sizes.js";
import { LEFT_OPEN, type SizeReport } from "./report.js";

export interface SizedModel {
  /** What the compiled model is to compute. */
  readonly model: ModelWithGraph;
  /** The source with its sizes opened, before any of them is fixed anew; absent where none was opened. */
  readonly opened?: OpenedSizes;
  readonly height: SizeReport;
  readonly width: SizeReport;
}

const SIDES = ["height", "width"] as const;

/**
 * The model with the sizes that are asked for.
 *
 * @throws SmxcError `compile/fixed-size` where the source fixes a size that is to be another, or open, and cannot be opened
 */
export function sizeModel(source: ModelWithGraph, asked: AskedSizes, schemas: SchemaRegistry): SizedModel {
  const sides = SIDES.filter((side) => {
    const fixed = sizeOf(source, side);
    return fixed !== undefined && asked[side] !== "keep" && asked[side] !== fixed;
  });
  const report = (side: Side): SizeReport => reportOf(sizeOf(source, side), asked[side], hasSides(source));
  const reports = { height: report("height"), width: report("width") };
  if (sides.length === 0) return { model: withSizes(source, asked), ...reports };
  const found = openSizes(source, schemas, sides);
  if (!("model" in found)) throw new SmxcError(refusals(source, asked, sides, found, schemas));
  const numbers = [...found.symbols].flatMap(([side, name]) => (typeof asked[side] === "number" ? [name] : []));
  const model = withoutForms(withSizes(found.model, asked), new Set(numbers), schemas);
  return { model, opened: found, ...reports };
}

function withSizes(model: ModelWithGraph, asked: AskedSizes): ModelWithGraph {
  const graph = fixSizes(model.graph, asked);
  return graph === model.graph ? model : { ...model, graph };
}

function hasSides({ graph }: ModelWithGraph): boolean {
  return mainInput(graph) !== undefined;
}

/** Undefined where it is open, or there is none. */
function sizeOf({ graph }: ModelWithGraph, side: Side): number | undefined {
  const size = Number(mainInput(graph)?.type?.tensor_type?.shape?.dim.at(side === "height" ? -2 : -1)?.dim_value ?? 0);
  return size >= 1 ? size : undefined;
}

function reportOf(fixed: number | undefined, asked: AskedSize, hasSide: boolean): SizeReport {
  if (!hasSide) return { became: "kept", reason: "the main input is not a picture" };
  if (fixed === undefined)
    return typeof asked === "number"
      ? { became: "fixed", reason: `fixed to ${asked}, as requested` }
      : { became: "open", reason: LEFT_OPEN };
  if (asked === "dynamic")
    return { became: "open", reason: `it was ${fixed}; smxc has proven what every node does at other sizes` };
  return asked === "keep" || asked === fixed
    ? { became: "kept", reason: `the source fixes it to ${fixed}` }
    : { became: "fixed", reason: `it was ${fixed}, and is now fixed to ${asked}, as requested` };
}

/** Sizes that follow from one that is a number now are declared no more, but where they are an output's. */
function withoutForms(model: ModelWithGraph, names: ReadonlySet<string>, schemas: SchemaRegistry): ModelWithGraph {
  if (names.size === 0) return model;
  const { graph } = model;
  const follows = (text = ""): boolean => wordsOf(text).some((word) => names.has(word));
  const isDeclaredBy = ({ type }: ValueInfoProto): boolean =>
    (type?.tensor_type?.shape?.dim ?? []).some(({ dim_param }) => follows(dim_param));
  const withSizesOf = (shapeOf: (name: string) => Shape | null): GraphProto => ({
    ...graph,
    value_info: graph.value_info.filter((info) => !isDeclaredBy(info)),
    output: graph.output.map((info) => {
      const shape = shapeOf(info.name ?? "");
      return withDims(info, (dim, axis) => {
        const size = shape?.[axis];
        if (!follows(dim.dim_param)) return dim;
        return { ...dim, dim_param: undefined, dim_value: typeof size === "number" ? size : undefined };
      });
    }),
  });
  const types = inferModel({ ...model, graph: withSizesOf(() => null) }, schemas);
  const shapeOf = (name: string): Shape | null => {
    const type = types.get(name);
    return type?.kind === "tensor" ? type.shape : null;
  };
  return { ...model, graph: withSizesOf(shapeOf) };
}

/** What keeps each side from being opened alone; where each could be, what keeps both. */
function refusals(
  source: ModelWithGraph,
  asked: AskedSizes,
  sides: readonly Side[],
  both: SizeRefusal,
  schemas: SchemaRegistry,
): readonly Diagnostic[] {
  const refused = (side: Side, refusal: SizeRefusal): Diagnostic =>
    fixedSide(side, asked[side], sizeOf(source, side)!, refusal);
  if (sides.length === 1) return [refused(sides[0]!, both)];
  const alone = sides.flatMap((side) => {
    const found = openSizes(source, schemas, [side]);
    return "model" in found ? [] : [refused(side, found)];
  });
  return alone.length > 0 ? alone : [refused(sides[0]!, both)];
}

function fixedSide(side: Side, asked: AskedSize, fixed: number, { node, reason }: SizeRefusal): Diagnostic {
  const wanted = asked === "dynamic" ? "cannot be dynamic" : `cannot be ${asked}`;
  return error(
    "compile/fixed-size",
    `the ${side} ${wanted}: the source fixes it to ${fixed}, and this node depends on that: ${reason}`,
    {
      place: `node "${node}"`,
      ...remedy`keep it with ${option(side, "keep")}, or export the network with a dynamic ${side}`,
    },
  );
}
