/** What programs can get wrong that work on records. */
import { type Diagnostic, error } from "../../base/diagnostics.js";
import { type Shape, showShape, showType, type TypeInfo } from "../infer/type-info.js";
import { quoted } from "../place.js";

export const externalNotGiven = (location: string, which: string): Diagnostic =>
  error(
    "onnx/external-not-given",
    `the ${which} model has weights in ${quoted(location)}, but there is no function to read them`,
    {
      hint: `give diffModels the option ${which === "first" ? "readExternal" : "readOtherExternal"}`,
    },
  );

export const noSuchInput = (name: string, names: readonly string[]): Diagnostic =>
  error("onnx/no-such-input", `the graph has no input ${quoted(name)}`, {
    place: "graph.input",
    hint: `use one of its inputs: ${names.map(quoted).join(", ") || "none"}`,
  });

export const shapeMisfit = (name: string, shape: Shape, declared: TypeInfo): Diagnostic =>
  error("onnx/shape-misfit", `the shape ${showShape(shape)} does not fit the input ${quoted(name)}`, {
    place: `input ${quoted(name)}`,
    hint: `give a shape that fits ${showType(declared)}; fixed sizes cannot change`,
  });
