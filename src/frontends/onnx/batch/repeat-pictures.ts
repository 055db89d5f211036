/** A picture that is the same for every sample, such as the constant that a StyleGAN2 decoder starts from, once for each. */

import { freshName } from "../../../base/fresh-name.js";
import * as build from "../../../onnx/graph/build.js";
import type { NodeProto } from "../../../onnx/graph/records.js";
import { allNames } from "../../../onnx/rewrite/names.js";
import type { Repeat } from "./carried.js";
import type { Opened } from "./with-open-batch.js";

/** @param repeats by the names of what the convolutions give */
export function withRepeatedPictures({ model, symbol }: Opened, repeats: ReadonlyMap<string, Repeat>): Opened {
  if (repeats.size === 0) return { model, symbol };
  const { graph } = model;
  const names = allNames(graph);
  const values: [name: string, values: readonly number[]][] = [];
  const integers = (name: string, numbers: readonly number[]): string => {
    const fresh = freshName(name, names);
    values.push([fresh, numbers]);
    return fresh;
  };
  const value_info = [...graph.value_info];
  const repeated = (conv: NodeProto, { like, shape }: Repeat): readonly NodeProto[] => {
    const [picture = "", ...others] = conv.input;
    const [, ...size] = shape;
    const fresh = (step: string): string => freshName(`${conv.output[0]}/${step}`, names);
    const [sizes, samples, target, pictures] = [fresh("sizes"), fresh("samples"), fresh("target"), fresh("pictures")];
    value_info.push(build.valueInfo(pictures, "FLOAT", [symbol, ...size]));
    return [
      build.node("Shape", [like], [sizes]),
      build.node("Slice", [sizes, integers("batch/start", [0]), integers("batch/end", [1])], [samples]),
      build.node("Concat", [samples, integers("batch/size", size)], [target], {
        attribute: [build.attribute("axis", { i: 0 })],
      }),
      build.node("Expand", [picture, target], [pictures]),
      { ...conv, input: [pictures, ...others] },
    ];
  };
  const node = graph.node.flatMap((each) => {
    const repeat = repeats.get(each.output[0] ?? "");
    return repeat === undefined ? [each] : repeated(each, repeat);
  });
  const initializer = [
    ...graph.initializer,
    ...values.map(([name, numbers]) => build.intTensor(name, [numbers.length], numbers)),
  ];
  return { model: { ...model, graph: { ...graph, node, initializer, value_info } }, symbol };
}
