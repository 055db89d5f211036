/** Operators of which only what they do in inference can be raised. */
import type { NodeProto } from "../../graph/records.js";
import { attributesBut, intOf } from "../attributes.js";
import { type Converter, refuse } from "../converter.js";

const NO_MASK = "other nodes read its mask, which differs in later opsets";

/** Without the outputs from a position on; null where one of them counts. */
function firstOutputs(node: NodeProto, count: number, counts: (output: string) => boolean): NodeProto | null {
  if (node.output.slice(count).some((output) => output !== "" && counts(output))) return null;
  return node.output.length <= count ? node : { ...node, output: node.output.slice(0, count) };
}

export const dropoutWithoutMask: Converter = (node, site) => {
  const raised = firstOutputs(node, 1, site.isRead);
  return raised === null ? refuse(NO_MASK) : [raised];
};

/** `ratio` matters in training only, which `training_mode` has to ask for since opset 12. */
export const dropoutWithoutRatio: Converter = (node, site) => {
  const raised = firstOutputs(node, 1, site.isRead);
  return raised === null ? refuse(NO_MASK) : [{ ...raised, attribute: attributesBut(raised, "ratio") }];
};

export const normalizationOfChannels: Converter = (node) => {
  if (intOf(node, "spatial", 1) === 0) return refuse("it has statistics for each element (spatial is 0)");
  return [{ ...node, attribute: attributesBut(node, "spatial") }];
};

/** Further outputs made it train, which `training_mode` has to ask for since opset 14. */
export const normalizationInInference: Converter = (node) => {
  const raised = firstOutputs(node, 1, () => true);
  return raised === null ? refuse("it has the outputs of training") : [raised];
};
