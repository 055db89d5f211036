import type { OperatorEmitter } from "../site.js";

export const demodulation: OperatorEmitter<"demodulation"> = ({ epsilon, inputs }, site) => {
  const { e, name, shape } = site;
  const batch = shape[0]!;
  const [out, channels] = site.inputShapes[0]! as readonly [number, number];
  const squares = e.weight(`${site.inputNames[0]}/row_squares`, rowSquares(site.constant(0)!, out, channels));
  const factor = (index: number, extent: number): string => {
    const [samples, , blocks] = site.inputShapes[index]! as [typeof batch, number, number];
    const flat = e.reshape(`${name}/factor${index}`, site.read(index), site.inputShapes[index]!, [samples, blocks]);
    const whole =
      blocks === extent
        ? flat
        : e.op(
            "Gather",
            `${name}/repeated${index}`,
            [flat, e.ints(Array.from({ length: extent }, (_, i) => Math.floor((i * blocks) / extent)))],
            [samples, extent],
            { axis: 1 },
          );
    return e.op("Mul", `${name}/square${index}`, [whole, whole], [samples, extent]);
  };
  const product = (from: number, to: number, extent: number, label: string): string | undefined => {
    const list = Array.from({ length: to - from }, (_, i) => factor(from + i, extent));
    return list.length === 0
      ? undefined
      : list.reduce((a, b, i) => e.op("Mul", `${name}/${label}${i}`, [a, b], [batch, extent]));
  };
  const columns =
    product(1, 1 + inputs, channels, "inputs") ?? e.floats(new Array<number>(channels).fill(1), [1, channels]);
  const rows = product(1 + inputs, site.inputNames.length, out, "outputs");
  const sums = e.op("MatMul", `${name}/sums`, [columns, squares], [batch, out]);
  const weighed = rows === undefined ? sums : e.op("Mul", `${name}/weighed_sums`, [sums, rows], [batch, out]);
  const raised = e.op("Add", `${name}/raised`, [weighed, e.floats([epsilon], [])], [batch, out]);
  site.result("Reciprocal", [e.op("Sqrt", `${name}/norms`, [raised], [batch, out])]);
};

/** Σ_t w[o,c,t]² as [C,O]. */
function rowSquares(
  kernel: { readonly shape: readonly number[]; read(): Promise<ArrayLike<number>> },
  out: number,
  channels: number,
) {
  return {
    shape: [channels, out],
    async read() {
      const values = await kernel.read();
      const taps = values.length / (out * channels);
      const sums = new Float64Array(channels * out);
      for (let i = 0; i < values.length; i++) {
        const row = Math.floor(i / taps);
        sums[(row % channels) * out + Math.floor(row / channels)]! += values[i]! ** 2;
      }
      return sums;
    },
  };
}
