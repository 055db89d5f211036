import type { OperatorEmitter } from "../site.js";

export const linear: OperatorEmitter<"linear"> = (_, site) => {
  site.result(
    "Gemm",
    site.inputNames.map((_name, index) => site.read(index)),
    { transB: 1 },
  );
};
