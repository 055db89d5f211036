import type { OperatorEmitter } from "../site.js";
import { windowAttributes } from "../window-attributes.js";

export const convTranspose: OperatorEmitter<"conv_transpose"> = (attributes, site) => {
  site.result(
    "ConvTranspose",
    site.inputNames.map((_name, index) => site.read(index)),
    { ...windowAttributes(attributes), output_padding: attributes.outputPads, group: attributes.groups },
  );
};
