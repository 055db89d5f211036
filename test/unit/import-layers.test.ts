/** Single layers as their users' checkpoints hold them: deeper routers, stems without BatchNorm, other spellings. */
import { describe, expect, it } from "vitest";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import type { StoredTensor } from "../../src/tensors/tensor.js";
import { importStore } from "../support/fixtures.js";
import { store, valuesOf } from "./layers/model.js";

type Shapes = Readonly<Record<string, readonly number[]>>;
type Config = Readonly<Record<string, ConfigValue>>;

async function imported(shapes: Shapes, config: Config = {}) {
  const warnings: Diagnostic[] = [];
  const { imported, spec, weights } = await importStore(store(valuesOf(shapes)), {
    config: new Map(Object.entries(config)),
    report: (warning) => warnings.push(warning),
  });
  return { arch: imported.arch, layers: imported.document.layers, spec, weights, warnings };
}

async function refused(shapes: Shapes, config: Config = {}): Promise<readonly Diagnostic[]> {
  try {
    await imported(shapes, config);
  } catch (cause) {
    if (cause instanceof SmxcError) return cause.diagnostics;
    throw cause;
  }
  throw new Error("nothing was refused");
}

const HUGE = 2 ** 53 - 1;
const LINEAR = (prefix: string, rows: number, columns: number): Shapes => ({
  [`${prefix}.weight`]: [rows, columns],
  [`${prefix}.bias`]: [rows],
});
const NORM = (prefix: string, size: number): Shapes =>
  Object.fromEntries(["weight", "bias", "running_mean", "running_var"].map((part) => [`${prefix}.${part}`, [size]]));

describe("a router of several layers", () => {
  const BANK: Shapes = { weight: [4 * 6, 5, 3, 3], bias: [4 * 6] };

  it("has an activation where an index has no tensors", async () => {
    const shapes = { ...BANK, ...LINEAR("mlp.0", 7, 5), ...LINEAR("mlp.2", 8, 7) };
    const { arch, layers, warnings } = await imported(shapes, { experts: 4 });
    expect([arch, warnings]).toEqual(["nsr-conv", []]);
    expect(layers[0]).toMatchObject({
      mlp: [{ op: "linear", out: 7 }, "relu", "linear"],
      weights: { "mlp.0": "mlp.0", "mlp.2": "mlp.2" },
      experts: 4,
      cardinals: 2,
    });
    const { layers: other } = await imported(shapes, { experts: 4, router_activation: "silu" });
    expect(other[0]).toMatchObject({ mlp: [{ op: "linear", out: 7 }, "silu", "linear"] });
  });

  it("has the normalisation, slopes and missing biases that its tensors tell", async () => {
    const shapes = {
      ...BANK,
      "mlp.2.weight": [7, 5, 1, 1],
      ...NORM("mlp.3", 7),
      "mlp.4.weight": [7],
      ...LINEAR("mlp.6", 3, 7),
      "mlp.7.weight": [1],
      ...LINEAR("mlp.8", 4, 3),
    };
    const { layers, warnings } = await imported(shapes, { experts: 4, bn_eps: 0.001 });
    expect(warnings).toEqual([]);
    expect(layers[0]).toMatchObject({
      mlp: [
        { op: "linear", out: 7, bias: false },
        { op: "batch_norm", epsilon: 0.001 },
        "prelu",
        "relu",
        { op: "linear", out: 3, bias: true },
        { op: "prelu", slopes: 1 },
        "linear",
      ],
      weights: {
        "mlp.0": "mlp.2",
        "mlp.1": "mlp.3",
        "mlp.2": "mlp.4",
        "mlp.4": "mlp.6",
        "mlp.5": "mlp.7",
        "mlp.6": "mlp.8",
      },
      experts: 4,
    });
  });

  it("belongs to both convolutions of a block", async () => {
    const shapes = {
      w1: [3 * 2, 5, 3, 3],
      w2: [3 * 4, 2, 3, 3],
      ...LINEAR("mlp.0", 6, 5),
      ...LINEAR("mlp.2", 3, 6),
      ...LINEAR("mlp2.0", 7, 2),
      ...LINEAR("mlp2.2", 3, 7),
    };
    const { layers } = await imported(shapes, { mode: "merged-own-input" });
    expect(layers).toMatchObject([
      { op: "route", mlp: [{ op: "linear", out: 6 }, "relu", "linear"], experts: 3 },
      { op: "sparse_block", hidden: 2, out: 4, beta2: { mlp: [{ op: "linear", out: 7 }, "relu", "linear"] } },
    ]);
  });

  it("tells what does not fit, layer by layer", async () => {
    const found = await refused(
      { ...BANK, ...LINEAR("mlp.0", 7, 5), "mlp.2.weight": [8, 6], "mlp.2.bias": [7] },
      { experts: 4 },
    );
    expect(found.map(({ code, place }) => `${code} ${place}`)).toEqual([
      "import/misshapen-tensor mlp.2.weight",
      "import/misshapen-tensor mlp.2.bias",
    ]);
    expect(await refused({ ...BANK, "mlp.0.weight": [4, 5] }, { experts: 4 })).toMatchObject([
      { code: "import/missing-tensor", place: "mlp.0.bias" },
    ]);
  });
});

describe("ODConv", () => {
  const ATTENTION: Shapes = {
    weight: [3, 8, 6, 1, 1],
    "attention.fc.weight": [4, 6, 1, 1],
    ...LINEAR("attention.channel_fc", 6, 4),
    ...LINEAR("attention.filter_fc", 8, 4),
    ...LINEAR("attention.kernel_fc", 3, 4),
  };

  it("has no BatchNorm where there is none, and says so", async () => {
    const { arch, layers, warnings } = await imported({ ...ATTENTION, "attention.fc.bias": [4] }, { temperature: 1 });
    expect(arch).toBe("odconv");
    expect(warnings).toMatchObject([{ code: "import/no-batch-norm" }]);
    expect(layers.slice(0, 3)).toMatchObject([
      { op: "global_pool" },
      { op: "linear", bias: true },
      { op: "relu", in: "attention.fc" },
    ]);
  });

  it("misses what is left of a BatchNorm", async () => {
    const { "attention.bn.running_mean": _, ...rest } = { ...ATTENTION, ...NORM("attention.bn", 4) };
    expect(await refused(rest, { temperature: 1 })).toMatchObject([
      { code: "import/missing-tensor", place: "attention.bn.running_mean" },
    ]);
  });

  it("shows the weights of its kernels before the other attentions", async () => {
    const { layers } = await imported({ ...ATTENTION, ...NORM("attention.bn", 4) }, { temperature: 1 });
    expect(layers.flatMap(({ op, name }) => (op === "route" ? [name] : []))).toEqual([
      "y.beta",
      "y.channel.beta",
      "y.filter.beta",
    ]);
  });
});

describe("Dynamic Convolution", () => {
  const LAYER: Shapes = {
    weight: [3, 8, 6, 3, 3],
    "attention.fc1.weight": [2, 6, 1, 1],
    "attention.fc2.weight": [3, 2, 1, 1],
  };

  it("misses the bias of the last layer of its attention, unless there is said to be none", async () => {
    expect(await refused(LAYER, { temperature: 1 })).toMatchObject([
      { code: "import/missing-tensor", place: "attention.fc2.bias" },
    ]);
    const { layers } = await imported(LAYER, { temperature: 1, attention_bias: false });
    expect(layers[0]).toMatchObject({ mlp: [{ op: "linear", bias: false }, "relu", { op: "linear", bias: false }] });
  });
});

it("a block that its groups do not divide is refused for that alone", async () => {
  const shapes = { w1: [8, 5, 3, 3], w2: [8, 4, 3, 3], ...LINEAR("mlp.0", 3, 5) };
  expect(await refused(shapes, { mode: "exact", group_channels: 4, out_channels: 4 })).toMatchObject([
    { code: "import/config-contradicts-shapes", message: expect.stringContaining("3 groups do not divide") },
  ]);
});

describe("a modulated convolution", () => {
  const LAYER: Shapes = { weight: [1, 8, 6, 3, 3], ...LINEAR("modulation", 6, 10) };
  const GAINS: Config = { demodulate: true, weight_gain: 1, modulation_gain: 1 };

  it("may have a bias as the layer to RGB has it", async () => {
    const { layers, weights } = await imported({ ...LAYER, bias: [1, 8, 1, 1] }, GAINS);
    expect(layers.at(-1)).toMatchObject({ bias: "plain" });
    expect(weights.tensors.get("bias")!.shape).toEqual([8]);
  });

  it("that changes the size is refused", async () => {
    expect(await refused({ ...LAYER, "blur.kernel": [4, 4] }, GAINS)).toMatchObject([
      { code: "import/resampling", place: "blur.kernel" },
    ]);
    expect(await refused(LAYER, { ...GAINS, upsample: true })).toMatchObject([{ code: "import/resampling" }]);
    await imported(LAYER, { ...GAINS, upsample: false, downsample: false });
  });
});

it("a router of any number of rows is answered, since sizes are read before numbers", async () => {
  const shapes = { weight: [HUGE, 4, 3, 3], ...LINEAR("mlp.0", HUGE, 4) };
  const tensors = Object.entries(shapes).map(([name, shape]): [string, StoredTensor] => [
    name,
    { name, dtype: "float32", shape, read: async () => new Float32Array(0) },
  ]);
  const many = { tensors: new Map(tensors), others: new Map(), metadata: new Map() };
  const found = await importStore(many, { arch: "nsr-conv" }).catch((cause: SmxcError) => cause.diagnostics);
  expect(found).toMatchObject([{ code: "import/missing-config", place: "mlp" }]);
});

it("a layer under the prefix of DataParallel is found", async () => {
  const shapes = { ...LINEAR("module.routing_fn", 3, 6), "module.weight": [3, 8 * 6 * 9], "module.bias": [3, 8] };
  expect((await imported(shapes)).arch).toBe("condconv");
});

describe.each([
  ["condconv", { ...LINEAR("routing_fn", 3, 6), weight: [3, 8 * 6 * 9], bias: [3, 8] }, {}],
  [
    "dynamic-conv",
    { weight: [3, 8, 3, 3, 3], "attention.fc1.weight": [2, 6], ...LINEAR("attention.fc2", 3, 2) },
    { temperature: 1 },
  ],
])("%s", (arch, shapes: Shapes, needed: Config) => {
  it("confirms groups and bias", async () => {
    const groups = arch === "condconv" ? 1 : 2;
    const bias = "bias" in shapes;
    expect((await imported(shapes, { ...needed, groups, bias })).warnings).toEqual([]);
    expect(await refused(shapes, { ...needed, groups, bias: !bias })).toMatchObject([
      { code: "import/config-contradicts-shapes", place: "bias" },
    ]);
  });
});

it("a kernel that its groups contradict is refused, since no compile takes it", async () => {
  const shapes = { ...LINEAR("mlp.0", 12, 4), weight: [12, 16, 3, 3], bias: [12] };
  const config = { experts: 2, cardinals: 6, in_channels: 4, out_channels: 6, kernel: 3, groups: 1 };
  const [first] = await refused(shapes, config);
  expect(first).toMatchObject({
    code: "import/contradiction",
    message: expect.stringContaining('the tensor "weight" of layer "y" has the shape [12,16,3,3]'),
    hint: "give the hyper-parameters with which the network was trained",
  });
});
