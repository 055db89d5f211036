/** Names that values may have: any text, those too that smxc would give to values of its own. */
import type { Draw } from "../onnx-operators/draw.js";

const ODD = [
  "x",
  "X",
  "0",
  "-1",
  "#",
  "#2",
  "/",
  "//",
  ".",
  "*",
  " ",
  "\t",
  "a\nb",
  '"quoted"',
  "it's",
  "\\",
  "<b>",
  "&amp;",
  "%s",
  "日本語",
  "Straße",
  "é",
  "e\u0301",
  "🖼️",
  "\u202eabc",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "graph",
  "Relu",
  "canvas",
  "canvas.HxW.f4x4/shape0",
  "canvas.HxW.f4x4/add2",
  "canvas.9x7.f4x4/columns",
  "N",
  "H",
  "a,b",
  "model/layer:0",
  "a".repeat(300),
];

/** What smxc puts behind a layer's name, and behind names that are taken. */
const ENDINGS = [
  "/sample",
  "/sample:nhwc",
  ":canvas",
  "/samples",
  "/per_sample",
  "/strips",
  "/strip",
  "/window",
  "/v",
  "/f4x4",
  "/product",
  "/bias_row",
  "/biases",
  "/columns",
  "/kernel",
  "/weight",
  "/bias",
  "/negative",
  "/zeros",
  "/summand",
  "/shape0",
  "/canvases",
  "#2",
  "#3",
  "[0]",
  "[2]",
];

/** ONNX Runtime's JavaScript interface takes feeds and gives outputs as objects, where this name is no key like others. */
export function isPortName(name: string): boolean {
  return name !== "__proto__";
}

/** Names that are not taken, those of values that smxc could collide with among them. */
export class Names {
  private readonly taken = new Set<string>();

  constructor(private readonly draw: Draw) {}

  /** For inputs and outputs of the graph. */
  forPort(): string {
    let name = this.fresh();
    while (!isPortName(name)) name = this.fresh();
    return name;
  }

  fresh(): string {
    const { draw } = this;
    const before = [...this.taken];
    const wanted = draw.pick<() => string>([
      () => `v${before.length}`,
      () => draw.pick(ODD),
      () => (before.length > 0 ? draw.pick(before) : "v") + draw.pick(ENDINGS),
    ])();
    let name = wanted;
    for (let n = 2; this.taken.has(name); n++) name = `${wanted}#${n}`;
    this.taken.add(name);
    return name;
  }
}
