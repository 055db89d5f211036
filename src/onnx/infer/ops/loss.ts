import { refuse } from "../fault.js";
import { unifyDims, unifyShapes } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import { alike, type OperatorTable } from "./operator.js";

function negativeLogLikelihood(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(2)) return;
  const [input, target] = [node.denseShape(0), node.denseShape(1)];
  if (input.length < 2) refuse("the input has no classes");
  if (target.length !== input.length - 1) refuse("the target does not have one dimension less than the input");
  const places = unifyShapes([input[0]!, ...input.slice(2)], target);
  if (node.inputCount === 3 && node.knowsShape(2)) {
    const weights = node.denseShape(2);
    if (weights.length !== 1) refuse("the weights are not a vector");
    if (node.version >= 22) unifyDims(input[1]!, weights[0]!);
  }
  node.setShape(0, node.text("reduction", "mean") === "none" ? places : []);
}

function softmaxCrossEntropy(node: NodeInference): void {
  node.copyElem(0, 0);
  if (node.text("reduction", "mean") !== "none") node.setShape(0, []);
  else if (node.knowsShape(1)) node.copyShape(1, 0);
  if (node.outputCount === 2) {
    node.copyElem(0, 1);
    node.copyShape(0, 1);
  }
}

export const LOSS: OperatorTable = {
  ...alike("NegativeLogLikelihoodLoss", 12, negativeLogLikelihood),
  ...alike("SoftmaxCrossEntropyLoss", 12, softmaxCrossEntropy),
};
