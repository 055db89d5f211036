/** Random ONNX graphs: known operators around unknown ones, with all that files may have. */
import { randomNumbers } from "../../../src/base/random.js";
import { type DenseTensor, dense } from "../../../src/ir/ops/dense-tensor.js";
import * as build from "../../../src/onnx/graph/build.js";
import { elementCode } from "../../../src/onnx/graph/element-types.js";
import type { ModelProto, TensorProto, ValueInfoProto } from "../../../src/onnx/graph/records.js";
import type { Draw } from "../onnx-operators/draw.js";
import { convolution, KNOWN_STEPS, type Step } from "./known-steps.js";
import { isPortName } from "./names.js";
import { type BaseSize, type Picture, Sketch } from "./sketch.js";
import { UNKNOWN_STEPS } from "./unknown-steps.js";

export interface RandomGraph {
  readonly model: ModelProto;
  readonly feeds: readonly ReadonlyMap<string, DenseTensor>[];
}

/** The first IR version of each opset. */
const IR_VERSIONS: Readonly<Record<number, number>> = {
  7: 3,
  8: 3,
  9: 4,
  10: 5,
  11: 6,
  12: 7,
  13: 7,
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
  22: 10,
  23: 11,
  24: 12,
  25: 13,
};

const SIZES: readonly BaseSize[] = [
  { batch: 1, height: 6, width: 5 },
  { batch: 2, height: 5, width: 9 },
  { batch: 3, height: 8, width: 4 },
];

/** What a graph is made of, where that is not drawn. */
interface Parts {
  readonly fixed?: BaseSize;
  /** Taken as often as known and unknown ones together. */
  readonly steps?: readonly Step[];
}

export function randomGraph(draw: Draw, parts: Parts = {}): RandomGraph {
  const opset = draw.opset(7, 25);
  const irVersion = draw.pick([IR_VERSIONS[opset]!, IR_VERSIONS[opset]!, opset < 12 ? 3 : 10]);
  const fixed = parts.fixed ?? (draw.int(0, 3) === 0 ? draw.pick(SIZES) : undefined);
  const s = new Sketch(draw, opset, irVersion, fixed);
  const inputs = Array.from({ length: draw.pick([1, 1, 2, 3]) }, () =>
    s.picture(s.names.forPort(), { channels: draw.pick([3, 12, 12, 12, 16]), scale: 1 }),
  );
  const symbols = symbolsOf(draw);
  const declared = inputs.map(({ name, channels }, index) => declaration(s, name, channels, symbols(index)));
  for (let count = draw.int(0, 2); count > 0; count--) convolution(s);
  for (let count = draw.int(3, 16); count > 0; count--)
    draw.pick(parts.steps !== undefined && draw.yes() ? parts.steps : draw.int(0, 2) > 0 ? KNOWN_STEPS : UNKNOWN_STEPS)(
      s,
    );
  const defaults = draw.yes() ? [...s.defaults, ...declared] : [...declared, ...s.defaults];
  const model = build.model({
    ir_version: irVersion,
    opset_import: importsOf(s),
    producer_name: "a test",
    doc_string: "drawn at random",
    metadata_props: [build.property("key", "value"), build.property("key.smxc", "日本")],
    functions: [...s.functions.values()],
    graph: build.graph({
      name: draw.pick(["g", "main graph", "日本"]),
      node: s.nodes,
      initializer: s.initializers,
      input: defaults,
      output: outputsOf(s),
      value_info: s.pictures
        .filter(() => draw.int(0, 7) === 0)
        .filter(({ name }) => !inputs.some((i) => i.name === name))
        .map((p) => declaration(s, p.name, p.channels, [null, null, null])),
    }),
  });
  const sizes = fixed === undefined ? [draw.pick(SIZES), draw.pick(SIZES)] : [fixed, fixed];
  return { model, feeds: sizes.map((size) => feedsOf(draw, inputs, size)) };
}

type Symbols = readonly [string | null, string | null, string | null];

/** The names of batch, height and width, by input. */
function symbolsOf(draw: Draw): (index: number) => Symbols {
  const [n, h, w] = draw.pick([
    ["N", "H", "W"],
    ["batch size", "2*H", "H"],
    ["日本", "floor(H/2)", "?w"],
    ["None", "None", "None"],
    ["x[0]", "x[2]", "x[3]"],
  ] as const);
  const own = draw.yes();
  const unknown = draw.int(0, 5) === 0;
  return (index) => (unknown ? [null, null, null] : own && index > 0 ? [n, `${h}${index}`, `${w}${index}`] : [n, h, w]);
}

function declaration(s: Sketch, name: string, channels: number, [n, h, w]: Symbols): ValueInfoProto {
  const { fixed } = s;
  const scale = s.pictures.find((each) => each.name === name)!.scale;
  const shape = fixed ? [fixed.batch, channels, scale * fixed.height, scale * fixed.width] : [n, channels, h, w];
  return build.valueInfo(name, "FLOAT", shape);
}

function importsOf(s: Sketch) {
  const own = build.opset(s.opset, s.draw.pick([undefined, ""]));
  const others = [build.opset(1, "com.microsoft"), ...(s.functions.size > 0 ? [build.opset(1, "functions")] : [])];
  return s.draw.yes() ? [own, ...others] : [...others, own];
}

/** Some of the values, the last one among them, in any order. */
function outputsOf(s: Sketch): readonly ValueInfoProto[] {
  const { draw } = s;
  const given = new Set(s.nodes.flatMap(({ output }) => output));
  const pictures = s.pictures.filter(({ name }) => given.has(name) && isPortName(name));
  const last = pictures.at(-1) ?? shownOf(s);
  const others = pictures.slice(0, -1).filter(() => draw.int(0, 4) === 0);
  const chosen: Picture[] = [last];
  for (const each of others) chosen.splice(draw.int(0, chosen.length), 0, each);
  const constants = draw.int(0, 7) === 0 ? s.initializers.filter(isShowable).slice(-1) : [];
  const shown = constants.map(({ name = "", dims }) => build.valueInfo(name, "FLOAT", dims));
  const pictureOutputs = chosen.map((picture) => {
    const names = draw.pick<Symbols>([
      [null, null, null],
      ["N", `out_h${picture.scale}`, `out_w${picture.scale}`],
      ["a", `b${picture.scale}`, null],
    ]);
    return declaration(s, picture.name, picture.channels, names);
  });
  return [...shown, ...pictureOutputs];
}

function isShowable({ name = "", data_type, dims }: TensorProto): boolean {
  return isPortName(name) && data_type === elementCode("FLOAT") && dims.length > 1;
}

/** A value that is an output, where no other can be. */
function shownOf(s: Sketch): Picture {
  const x = s.any();
  const name = s.names.forPort();
  s.add("Relu", [x.name], [name], {});
  return s.picture(name, x);
}

function feedsOf(draw: Draw, inputs: readonly Picture[], { batch, height, width }: BaseSize) {
  return new Map(
    inputs.map(({ name, channels }) => {
      const next = randomNumbers(draw.seed());
      const shape = [batch, channels, height, width];
      return [
        name,
        dense(
          shape,
          Array.from({ length: batch * channels * height * width }, () => Math.fround(2 * next() - 1)),
        ),
      ];
    }),
  );
}
