/**
 * EDSR-NSR networks with random weights, as documents and tensors in memory: how fast a graph runs does not depend on
 * the values. The form is that of the public networks, with as many blocks as wanted.
 */

/** Those that scripts measure: what `edsrNsr` takes, and a name. */
export const EDSR_NSR = [
  { name: "32", units: 32, width: 1, blocks: 4 },
  { name: "32x4", units: 32, width: 4, blocks: 4 },
  { name: "64", units: 64, width: 1, blocks: 4 },
  { name: "128", units: 128, width: 1, blocks: 2 },
  { name: "256", units: 256, width: 1, blocks: 1 },
];

/** Repeatable normal-like values of the given scale. */
function randomTensor(name, shape, scale, seed) {
  const count = shape.reduce((product, dim) => product * dim, 1);
  return {
    name,
    dtype: "float32",
    shape,
    async read() {
      const values = new Float32Array(count);
      let state = seed >>> 0;
      for (let i = 0; i < count; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        values[i] = (state / 2 ** 31 - 1) * scale;
      }
      return values;
    },
  };
}

/**
 * @param {{units: number, width?: number, blocks: number, experts?: number, cardinals?: number, scale?: number}} network
 * @returns the document's text and the tensors that it names
 */
export function edsrNsr({ units, width = 1, blocks, experts = 4, cardinals = width > 1 ? 8 : 16, scale = 2 }) {
  const tensors = new Map();
  const add = (name, shape, size) => tensors.set(name, randomTensor(name, shape, size, tensors.size + 1));
  const conv = (name, input, from, out, kernel) => {
    add(`${name}.weight`, [out, from, kernel, kernel], 1 / Math.sqrt(from * kernel * kernel));
    add(`${name}.bias`, [out], 0.1);
    return { name, op: "conv", in: input, out, kernel, pad: (kernel - 1) / 2 };
  };
  const mixed = (name, input, from, out) => {
    add(`${name}.weight`, [experts * out, from, 3, 3], 1 / Math.sqrt(from * 9));
    add(`${name}.bias`, [experts * out], 0.1);
    add(`${name}.mlp.0.weight`, [experts * cardinals, from], 1 / Math.sqrt(from));
    add(`${name}.mlp.0.bias`, [experts * cardinals], 0.1);
    return [
      {
        name: `${name}.beta`,
        op: "route",
        in: input,
        mlp: ["linear"],
        weights: { "mlp.0": `${name}.mlp.0` },
        experts,
        cardinals,
      },
      { name, op: "mix_conv", in: input, beta: `${name}.beta`, out, kernel: 3, pad: 1 },
    ];
  };
  const layers = [{ name: "centre", op: "affine", in: "x", shift: -0.5 }, conv("body.0", "centre", 3, units, 3)];
  for (let block = 1; block <= blocks; block++) {
    const [at, from] = [`body.${block}`, `body.${block - 1}`];
    layers.push(
      ...mixed(`${at}.body.0`, from, units, units * width),
      { name: `${at}.body.1`, op: "relu", in: `${at}.body.0` },
      ...mixed(`${at}.body.2`, `${at}.body.1`, units * width, units),
      { name: at, op: "add", in: [`${at}.body.2`, from] },
    );
  }
  const tail = `body.${blocks + 1}`;
  layers.push(
    conv(tail, `body.${blocks}`, units, 3 * scale * scale, 3),
    conv("skip.0", "centre", 3, 3 * scale * scale, 5),
    { name: "sum", op: "add", in: [tail, "skip.0"] },
    { name: "shuffle", op: "pixel_shuffle", in: "sum", scale },
    { name: "y", op: "affine", in: "shuffle", shift: 0.5 },
  );
  const document = {
    $schema: "https://unpkg.com/smxc/schemas/model.v1.schema.json",
    version: 1,
    name: `nsr-${units}x${width}-b${blocks}`,
    weights: { file: "weights.safetensors" },
    inputs: [{ name: "x", dtype: "float32", shape: ["N", 3, "H", "W"] }],
    layers,
    outputs: ["y"],
  };
  return {
    text: JSON.stringify(document),
    store: { tensors, others: new Map(), metadata: new Map() },
    experts,
    cardinals,
  };
}

/** β of every router as constants: all experts alike. */
export function evenBetas(document, { experts, cardinals }) {
  const row = new Array(cardinals).fill(1 / experts);
  const routers = document.layers.filter((layer) => layer.op === "route");
  return new Map(routers.map((layer) => [`beta.${layer.name.replace(/\.beta$/, "")}`, new Array(experts).fill(row)]));
}
