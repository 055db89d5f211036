import { emitConv } from "../emit-conv.js";
import { TARGETS } from "../targets.js";
import type { Lowering } from "./lowering.js";
import { emitBias, emitMixedKernel } from "./mix-kernel.js";

/** One Conv with the mixed kernel: a batch of one needs nothing else. */
export const direct: Lowering = {
  name: "direct",
  description: "one Conv with the mixed kernel (batch 1)",
  targets: TARGETS,
  refuses: ({ x }) => (x[0] === 1 ? undefined : "it needs a batch of 1"),
  emit(attributes, site) {
    const { e, name } = site;
    const channels = site.inputShapes[0]![1] as number;
    const row = (channels / attributes.groups) * attributes.kernel[0] * attributes.kernel[1];
    const shape = [attributes.out, channels / attributes.groups, ...attributes.kernel];
    const kernel = e.reshape(`${name}/kernel`, emitMixedKernel(attributes, site), [1, attributes.out, row], shape);
    const bias = emitBias(attributes, site);
    const biases = bias?.mixed
      ? e.reshape(`${name}/bias_row`, bias.value, [1, attributes.out], [attributes.out])
      : bias?.value;
    emitConv(
      e,
      name,
      {
        x: site.read(0),
        shape: site.inputShapes[0]!,
        kernel: { value: kernel },
        bias: biases === undefined ? undefined : { value: biases },
        out: attributes.out,
        window: attributes,
        groups: attributes.groups,
      },
      site.shape,
      site.result,
    );
  },
};
