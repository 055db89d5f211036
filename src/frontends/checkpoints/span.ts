import { type Diagnostic, error, warning } from "../../base/diagnostics.js";
import { configValue, remedy } from "../../base/remedy.js";
import { assumed } from "./assumed.js";
import type { Config } from "./config.js";
import { takeConv3xc } from "./conv3xc.js";
import type { Importer } from "./importer.js";
import { meanOf, USUAL_MEAN } from "./mean-shift.js";
import { mostCommon } from "./most-common.js";
import { NetworkWriter, pictureDocument } from "./network-writer.js";
import type { TensorReader } from "./tensor-reader.js";

/** Hyper-parameters of SPAN. */
interface SpanShape {
  readonly units: number;
  readonly channels: number;
  readonly out: number;
  readonly scale: number;
}

/** In the public code; the wiring is for as many. */
const BLOCKS = 6;
const USUAL_RANGE = 255;
/** A buffer without a meaning of its own: it says that the mean is not taken off. */
const NO_NORM = "no_norm";

/** Which value of the last block is joined with the others: that of its first convolution, or of the SiLU behind it. */
const EARLY = ["convolution", "activation"] as const;
type Early = (typeof EARLY)[number];

/**
 * SPAN, the "Swift Parameter-free Attention Network" (Wan et al., CVPR workshops 2024): six blocks of three convolutions
 * whose result weighs itself, four of their values side by side, and one convolution before the pixel shuffle.
 */
export const span: Importer = {
  name: "span",
  description: "SPAN, whole networks for larger pictures",
  covers: "network",
  signatures: [
    {
      all: [
        "block_*.c1_r.sk.weight",
        "block_*.c1_r.conv.1.weight",
        "conv_1.sk.weight",
        "conv_2.sk.weight",
        "conv_cat.weight",
        "upsampler.0.weight",
      ],
    },
  ],
  keys: {
    range: `the factor of the picture after the mean is subtracted, if there is no "${NO_NORM}" (default ${USUAL_RANGE})`,
    mean: `the mean colour, if there is no "${NO_NORM}": one number, or one per colour with commas between (default ${USUAL_MEAN})`,
    early:
      "the value of the last block that is concatenated with the others: convolution, the result of its first convolution (default, with a warning), or activation, the result of the SiLU after it, as in code that activates in place",
    scale: "needed if the numbers of colours before and after differ; otherwise checked against the shapes",
    units: "checked against the shapes",
    channels: "checked against the shapes",
  },
  read(tensors, config) {
    const shape = shapeOf(tensors, config);
    const network = new NetworkWriter(tensors);
    const normalised = !tensors.has(NO_NORM);
    if (!normalised) tensors.take(NO_NORM, [1]);
    const mean = normalised
      ? meanOf(tensors, config, { channels: shape.channels, white: 1, gain: config.number("range", USUAL_RANGE) })
      : undefined;
    const early = (config.text("early", EARLY) ?? "convolution") as Early;
    write(network, tensors, { ...shape, early }, mean?.takeOff(network, "x") ?? "x");
    return {
      document: pictureDocument(`span-x${shape.scale}`, network.layers, { ...shape, range: [0, 1] }),
      tensors: network.tensors,
      warnings: [
        ...(config.has("early") ? [] : [earlyAssumed(config)]),
        ...(normalised ? assumed(config, [...(mean?.assumptions ?? []), { key: "range", value: USUAL_RANGE }]) : []),
      ],
    };
  },
};

const earlyAssumed = (config: Config): Diagnostic =>
  warning(
    "import/assumed",
    "the tensors do not show whether the first convolution of the last block is concatenated before or after its SiLU; using before",
    {
      ...config.placeOf("early"),
      ...remedy`if it is after, give ${configValue("early", "activation")}; published code that computes the SiLU in place trains such networks`,
    },
  );

function shapeOf(tensors: TensorReader, config: Config): SpanShape {
  const [units, channels] = [0, 1].map((axis) => tensors.shapeOf("conv_1.sk.weight")?.[axis]);
  const rows = tensors.shapeOf("upsampler.0.weight")?.[0] ?? 1;
  const shape = {
    units: mostCommon([units, tensors.shapeOf("conv_2.sk.weight")?.[0], tensors.shapeOf("conv_cat.weight")?.[0]]) ?? 1,
    channels: channels ?? 3,
  };
  const scale = scaleOf(rows, shape.channels, config);
  config.confirm("units", shape.units);
  config.confirm("channels", shape.channels);
  return { ...shape, scale, out: rows / scale ** 2 };
}

/** The scale at which there are as many colours behind as before, or the one that is given. */
function scaleOf(rows: number, channels: number, config: Config): number {
  const scale = Math.sqrt(rows / channels);
  const given = config.has("scale") ? config.integer("scale", 1) : undefined;
  if (given !== undefined && Number.isInteger(rows / given ** 2)) return given;
  if (Number.isInteger(scale)) {
    config.confirm("scale", scale);
    return scale;
  }
  config.found.push(noReading(rows, channels, config));
  return 1;
}

const noReading = (rows: number, channels: number, config: Config) =>
  error("import/no-reading", `no scale fits ${channels} input channels and ${rows} channels of the upsampler`, {
    ...config.placeOf("scale"),
    ...remedy`give ${{ flag: "--set scale=…", library: 'the option config, a Map with "scale"' }}; the upsampler has colours · scale² channels`,
  });

function write(
  network: NetworkWriter,
  tensors: TensorReader,
  shape: SpanShape & { readonly early: Early },
  input: string,
): void {
  const { units, channels, out, scale } = shape;
  const conv3xc = (name: string, from: string, width: number): string => {
    const { weight, bias } = takeConv3xc(tensors, name, width, units);
    network.keep(`${name}.weight`, weight);
    network.keep(`${name}.bias`, bias);
    return network.add({ name, op: "conv", in: from, out: units, kernel: 3, pad: 1 });
  };
  const silu = (name: string, from: string): string => network.add({ name, op: "silu", in: from });
  const block = (name: string, from: string): Block => {
    const convolution = conv3xc(`${name}.c1_r`, from, units);
    const activation = silu(`${name}.act1`, convolution);
    const middle = silu(`${name}.act2`, conv3xc(`${name}.c2_r`, activation, units));
    const late = conv3xc(`${name}.c3_r`, middle, units);
    const gate = network.add({ name: `${name}.sigmoid`, op: "sigmoid", in: late });
    const attention = network.add({ name: `${name}.attention`, op: "affine", in: gate, shift: -0.5 });
    const sum = network.add({ name: `${name}.sum`, op: "add", in: [late, from] });
    return { convolution, activation, end: network.add({ name, op: "mul", in: [sum, attention] }) };
  };
  const head = conv3xc("conv_1", input, channels);
  const blocks: Block[] = [];
  for (let i = 1; i <= BLOCKS; i++) blocks.push(block(`block_${i}`, blocks.at(-1)?.end ?? head));
  const last = blocks.at(-1)!;
  const tail = conv3xc("conv_2", last.end, units);
  const side = network.add({ name: "cat", op: "concat", in: [head, tail, blocks[0]!.end, last[shape.early]] });
  const joined = network.conv({ name: "conv_cat", in: side, channels: 4 * units, out: units, kernel: 1 });
  const up = { in: joined, channels: units, out: out * scale ** 2, kernel: 3 };
  if (scale === 1) network.conv({ name: "y", from: "upsampler.0", ...up });
  else network.add({ name: "y", op: "pixel_shuffle", in: network.conv({ name: "upsampler.0", ...up }), scale });
}

/** Values of a block: behind its first convolution, behind the SiLU of that, and the result. */
interface Block extends Readonly<Record<Early, string>> {
  readonly end: string;
}
