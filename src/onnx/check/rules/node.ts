import { notChecked, official } from "../rule.js";

export const NODE_RULES = {
  "onnx/node-op-type": official(
    "Every node names its operator.",
    "Without op_type, nobody knows what the node computes.",
    "set op_type",
  ),
  "onnx/node-isolated": official(
    "A node has at least one input or output.",
    "A node without both cannot change the result.",
    "remove the node",
  ),
  "onnx/node-domain": official(
    "The domain of every node is imported.",
    "The version of the domain says which version of the operator is meant.",
    "add an opset_import for the domain",
  ),
  "onnx/node-operator": official(
    "An operator of a domain that ONNX defines exists in the imported version.",
    "No runtime can run an operator that is not defined.",
    "import the opset version that has it, or use another operator",
  ),
  "onnx/node-deprecated": official(
    "An operator is not deprecated in the imported version.",
    "Runtimes have removed deprecated operators.",
    "use the operator that replaced it, or import an older opset",
  ),
  "onnx/node-not-checked": notChecked(
    "smxc does not check operators of domains that ONNX does not define.",
    "Only the runtime that provides them knows their signatures.",
    "check with the runtime that runs the model",
  ),
} as const;
