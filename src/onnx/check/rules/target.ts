import { PROVIDERS } from "../../providers/provider.js";
import { type Rule, targetError, targetWarning } from "../rule.js";

export const TARGET_RULES = {
  "onnx/target-version": targetError(
    PROVIDERS,
    "ONNX Runtime 1.30 opens models of this ir_version and with these opsets.",
    "It refuses opsets of ai.onnx after 26, later versions of the other domains that it knows than it has, ir_version after 13, and models of the first years that import no opset.",
    "export again with an opset of 17 to 21, which all providers know best",
  ),
  "onnx/target-refused": targetError(
    PROVIDERS,
    "ONNX Runtime 1.30 opens a session for the model, on this provider and the CPU.",
    "It opens none for a model with a node that neither the provider nor the CPU provider can run, in its version and with its types; nor for one with two nodes of one name in a graph, words in attributes that its kernels do not know, types that it does not have, or initializers that do not have the data that they ask for.",
    "correct what is named, use another operator or type, or convert to an opset in which the operator has a kernel",
  ),
  "onnx/target-custom-operator": targetWarning(
    PROVIDERS,
    "ONNX Runtime 1.30 has every operator of the model.",
    "It opens no session for a model with operators of other domains, unless the program that opens it registers a library that brings them.",
    "register the library of custom operators, or use operators that ONNX defines",
  ),
  "onnx/target-moved": targetWarning(
    ["webgpu", "cuda"],
    "The provider runs every operator on floating-point tensors itself.",
    "ONNX Runtime silently moves what the provider has no kernel for to the CPU; each move copies the tensors there and back.",
    "use an operator, type or opset version that the provider has (session.disable_cpu_ep_fallback=1 makes the move an error)",
  ),
  "onnx/target-wrong-values": targetWarning(
    ["webgpu"],
    "The provider computes every operator of the graph rightly.",
    "WebGPU of ONNX Runtime 1.30 runs these convolutions without an error and gets other values: over a multiple of three channels, more than three and none of four, to a multiple of four (microsoft/onnxruntime#29651); and in groups of four or more outputs whose number is odd, or not one of four where that of all outputs is.",
    "add channels of zeros before the convolution, or split it; smxc does so with --target webgpu",
  ),
  "onnx/target-control-flow": targetWarning(
    ["webgpu", "cuda"],
    "The graph has no If, Loop or Scan.",
    "The host decides what runs next: it waits for the device in each iteration, and neither CUDA graphs nor WebGPU's graph capture can record it. WebGPU runs Loop and Scan on the CPU.",
    "unroll the loop, or run both branches and choose with Where; smxc compiles without them with --portable, --target webgpu or --target cuda",
  ),
  "onnx/target-constant-kernel": targetWarning(
    ["cpu", "webgpu"],
    "Weights and biases of convolutions are constants of the graph that the convolution is in.",
    "The CPU provider's blocked convolutions (NCHWc) take only such: others run im2col and a product, in 1.35 to 1.7 times the time. WebGPU transposes other weights in every run.",
    "store the weights as initializers of that graph; where they depend on the input, as in mixed convolutions, it can't be helped (smxc's Winograd lowerings need no such kernels)",
  ),
  "onnx/target-dynamic-shape": targetWarning(
    ["cuda"],
    "Inputs of a graph with convolutions have fixed dimensions.",
    "cuDNN plans each convolution again for each new shape, and CUDA graphs can't be captured.",
    "fix the dimensions (smxc compile --batch --height --width), or feed few different shapes",
  ),
  "onnx/target-float16": targetWarning(
    ["cpu", "wasm"],
    "The provider computes in the type of the tensors.",
    "The CPU provider has few kernels for 16-bit floats: ONNX Runtime puts casts around those for 32 bits, so they save storage and cost time.",
    "compile with float32 for this target",
  ),
  "onnx/target-not-known": {
    scope: "target",
    severity: "unchecked",
    targets: PROVIDERS,
    demand: "The tables of ONNX Runtime's providers have every operator of the model.",
    reason:
      "Of the operators that ONNX Runtime brings beside those of ONNX, such as those of com.microsoft, and of some that no session could be opened for, it is not known who runs them.",
    remedy: "open a session with session.disable_cpu_ep_fallback=1 and see",
  },
} as const satisfies Readonly<Record<string, Rule>>;
