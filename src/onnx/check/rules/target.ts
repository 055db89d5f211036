import { PROVIDERS } from "../../providers/provider.js";
import { type Rule, targetError, targetWarning } from "../rule.js";

export const TARGET_RULES = {
  "onnx/target-version": targetError(
    PROVIDERS,
    "ONNX Runtime 1.30 can open models with this ir_version and these opsets.",
    "It refuses opsets of ai.onnx after 26, versions of other domains that are newer than its own, ir_version after 13, and very old models that import no opset.",
    "export the model again with an opset from 17 to 21, which all providers support best",
  ),
  "onnx/target-refused": targetError(
    PROVIDERS,
    "ONNX Runtime 1.30 can open the model, with this provider and the CPU provider.",
    "It refuses a model with a node that neither the provider nor the CPU provider can run in its version and with its types. It also refuses two nodes of one name in a graph, attribute words and types that its kernels do not know, and initializers with too little or too much data.",
    "correct the named part, use another operator or type, or convert to an opset in which the operator has a kernel",
  ),
  "onnx/target-custom-operator": targetWarning(
    PROVIDERS,
    "ONNX Runtime 1.30 has every operator of the model.",
    "It cannot open a model with operators of other domains, unless the program registers a library that provides them.",
    "register the library of custom operators, or use operators that ONNX defines",
  ),
  "onnx/target-moved": targetWarning(
    ["webgpu", "cuda"],
    "The provider itself runs every operator on floating-point tensors.",
    "If the provider has no kernel for an operator, ONNX Runtime silently runs it on the CPU, and copies the tensors there and back each time.",
    "use an operator, type or opset version that the provider has; session.disable_cpu_ep_fallback=1 turns such a move into an error",
  ),
  "onnx/target-wrong-values": targetWarning(
    ["webgpu"],
    "The provider computes every operator of the graph correctly.",
    "WebGPU in ONNX Runtime 1.30 runs two kinds of convolutions without an error but with wrong values. First: the number of input channels is a multiple of 3, more than 3 and not a multiple of 4, and the number of output channels is a multiple of 4 (microsoft/onnxruntime#29651). Second: grouped convolutions with 4 or more outputs per group, if that number is odd, or not a multiple of 4 although the number of all outputs is.",
    "add channels of zeros before the convolution, or split it; smxc compile --target webgpu does this",
  ),
  "onnx/target-control-flow": targetWarning(
    ["webgpu", "cuda"],
    "The graph has no If, Loop or Scan.",
    "The host must decide what runs next, so it waits for the device in each iteration, and neither CUDA graphs nor WebGPU's graph capture can record it. WebGPU runs Loop and Scan on the CPU.",
    "unroll the loop, or run both branches and select with Where; smxc compile avoids these operators with --portable, --target webgpu or --target cuda",
  ),
  "onnx/target-constant-kernel": targetWarning(
    ["cpu", "webgpu"],
    "Weights and biases of convolutions are constants of the same graph as the convolution.",
    "The fast convolutions of the CPU provider (NCHWc) accept only constants; for other weights it runs im2col and a matrix product, which takes 1.35 to 1.7 times as long. WebGPU transposes other weights in every run.",
    "store the weights as initializers of that graph; if they depend on the input, as in mixed convolutions, this is not possible (smxc's Winograd lowerings avoid it)",
  ),
  "onnx/target-dynamic-shape": targetWarning(
    ["cuda"],
    "Inputs of a graph with convolutions have fixed dimensions.",
    "cuDNN plans each convolution again for each new shape, and CUDA graphs cannot be captured.",
    "fix the dimensions (smxc compile --batch --height --width), or use only a few different shapes",
  ),
  "onnx/target-float16": targetWarning(
    ["cpu", "wasm"],
    "The provider computes in the type of the tensors.",
    "The CPU provider has few kernels for 16-bit floats. For the others, ONNX Runtime casts to 32 bits and back, so 16 bits save storage but cost time.",
    "use float32 for this target",
  ),
  "onnx/target-not-known": {
    scope: "target",
    severity: "unchecked",
    targets: PROVIDERS,
    demand: "smxc knows which provider runs every operator of the model.",
    reason:
      "It is not known which provider runs the operators that ONNX Runtime adds to ONNX, such as those of com.microsoft, and a few others.",
    remedy: "try it: open a session with session.disable_cpu_ep_fallback=1",
  },
} as const satisfies Readonly<Record<string, Rule>>;
