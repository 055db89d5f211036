import { emitConv } from "../emit-conv.js";
import { TARGETS } from "../targets.js";
import type { Lowering } from "./lowering.js";
import { emitBias, emitMixedKernel } from "./mix-kernel.js";

/** The samples of a fixed batch as groups of one grouped Conv: what PyTorch exports. */
export const grouped: Lowering = {
  name: "grouped",
  description: "one grouped Conv with one group per sample (fixed batch)",
  targets: TARGETS,
  refuses: ({ x }) => (typeof x[0] === "number" ? undefined : "it needs a fixed batch"),
  emit(attributes, site) {
    const { e, name } = site;
    const [batch, channels, height, width] = site.inputShapes[0]! as readonly [number, number, ...typeof site.shape];
    const { out, groups } = attributes;
    const row = (channels / groups) * attributes.kernel[0] * attributes.kernel[1];
    const samples = e.reshape(`${name}/samples`, site.read(0), site.inputShapes[0]!, [
      1,
      batch * channels,
      height!,
      width!,
    ]);
    const kernel = e.reshape(
      `${name}/kernels`,
      emitMixedKernel(attributes, site),
      [batch, out, row],
      [batch * out, channels / groups, ...attributes.kernel],
    );
    const bias = emitBias(attributes, site);
    const biases = bias?.mixed
      ? { value: e.reshape(`${name}/bias_row`, bias.value, [batch, out], [batch * out]) }
      : undefined;
    const wide = [1, batch * out, site.shape[2]!, site.shape[3]!];
    const call = {
      x: samples,
      shape: [1, batch * channels, height!, width!],
      kernel: { value: kernel },
      bias: biases,
      out: batch * out,
      window: attributes,
      groups: batch * groups,
    };
    const y = emitConv(e, name, call, wide, (op, inputs, parameters) =>
      e.op(op, `${name}/conv`, inputs, wide, parameters),
    );
    const target = e.reshapeTarget(name, y, wide, site.shape);
    if (!bias || bias.mixed) return site.result("Reshape", [y, target]);
    const unbiased = e.op("Reshape", `${name}/unbiased`, [y, target], site.shape);
    const column = e.reshape(`${name}/bias_column`, bias.value, [out], [1, out, 1, 1]);
    site.result("Add", [unbiased, column]);
  },
};
