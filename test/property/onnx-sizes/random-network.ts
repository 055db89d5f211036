/** Random networks as exporters write them for pictures of one size, with the size in their constants. */
import * as build from "../../../src/onnx/graph/build.js";
import type { AttributeProto, ModelProto, NodeProto, TensorProto } from "../../../src/onnx/graph/records.js";
import { weights } from "../../support/onnx-graphs.js";
import type { ExportedNetwork, Size } from "../../support/opened-sizes.js";
import type { Draw } from "../onnx-operators/draw.js";

const C = 4;

interface Picture {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Writes the nodes of one export. */
class Export {
  readonly nodes: NodeProto[] = [];
  readonly constants: TensorProto[] = [];
  x: Picture;

  constructor([height, width]: Size) {
    this.x = { name: "x", channels: C, height, width };
  }

  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, build.AttributeValue>> = {}): string {
    const output = `v${this.nodes.length}`;
    const attribute: AttributeProto[] = Object.entries(attributes).map(([name, value]) => build.attribute(name, value));
    this.nodes.push(build.node(op, inputs, [output], { name: output, attribute }));
    return output;
  }

  integers(...values: readonly number[]): string {
    return this.constant((name) => build.intTensor(name, [values.length], values));
  }

  floats(...values: readonly number[]): string {
    return this.constant((name) => build.floatVector(name, values));
  }

  weights(...shape: readonly number[]): string {
    return this.constant((name) => weights(name, shape));
  }

  private constant(make: (name: string) => TensorProto): string {
    const name = `c${this.constants.length}`;
    this.constants.push(make(name));
    return name;
  }

  /** The picture that follows, with other sizes where they change. */
  next(name: string, sizes: Partial<Picture> = {}): void {
    this.x = { ...this.x, ...sizes, name };
  }
}

/** Gives false, with nothing written, for a picture that is too small. */
type Step = (e: Export) => unknown;

const ints = (...values: readonly number[]): build.AttributeValue => ({ ints: values });

/** What a Reshape to the picture's shape may say of it. */
function shapeOf(e: Export, variant: number): string {
  const { channels, height, width } = e.x;
  return e.integers(
    ...[
      [1, channels, height, width],
      [1, -1, height, width],
      [0, channels, height, width],
      [-1, channels, height, width],
    ][variant]!,
  );
}

const STEPS: readonly ((draw: Draw) => Step)[] = [
  () => (e) => {
    const { channels } = e.x;
    e.next(e.node("Conv", [e.x.name, e.weights(C, channels, 3, 3)], { pads: ints(1, 1, 1, 1) }), { channels: C });
  },
  () => (e) => {
    const { channels, height, width } = e.x;
    e.next(e.node("Conv", [e.x.name, e.weights(C, channels, 3, 3)], { pads: ints(1, 1, 1, 1), strides: ints(2, 2) }), {
      channels: C,
      height: Math.floor((height - 1) / 2) + 1,
      width: Math.floor((width - 1) / 2) + 1,
    });
  },
  () => (e) => {
    const { channels, height, width } = e.x;
    e.next(e.node("ConvTranspose", [e.x.name, e.weights(channels, C, 2, 2)], { strides: ints(2, 2) }), {
      channels: C,
      height: 2 * height,
      width: 2 * width,
    });
  },
  (draw) => {
    const variant = draw.int(0, 3);
    return (e) => e.next(e.node("Reshape", [e.x.name, shapeOf(e, variant)]));
  },
  (draw) => {
    const [variant, flat] = [draw.int(0, 3), draw.yes()];
    return (e) => {
      const { channels, height, width } = e.x;
      const rows = e.node("Reshape", [e.x.name, e.integers(1, channels, flat ? -1 : height * width)]);
      const turned = e.node("Transpose", [rows], { perm: ints(0, 2, 1) });
      const mixed = e.node("MatMul", [turned, e.weights(channels, channels)]);
      const back = e.node("Transpose", [mixed], { perm: ints(0, 2, 1) });
      e.next(e.node("Reshape", [back, shapeOf(e, variant)]));
    };
  },
  (draw) => {
    const variant = draw.int(0, 3);
    return (e) => {
      const { channels, height, width } = e.x;
      const rows = e.node("Reshape", [e.x.name, e.integers(1, channels, height * width)]);
      const turned = e.node("Transpose", [rows], { perm: ints(0, 2, 1) });
      const scores = e.node("Sigmoid", [e.node("MatMul", [rows, turned])]);
      e.next(e.node("Reshape", [e.node("MatMul", [scores, rows]), shapeOf(e, variant)]));
    };
  },
  (draw) => {
    const variant = draw.int(0, 3);
    return (e) => {
      const { channels } = e.x;
      if (channels % 2 > 0) return;
      const groups = e.node("Reshape", [e.x.name, e.integers(0, 2, -1)]);
      const even = e.node("InstanceNormalization", [groups, e.weights(2), e.weights(2)]);
      e.next(e.node("Reshape", [even, shapeOf(e, variant)]));
    };
  },
  () => (e) => {
    const { channels, height, width } = e.x;
    if (channels % 4 > 0) return;
    const cut = e.node("Reshape", [e.x.name, e.integers(1, channels / 4, 2, 2, height, width)]);
    const turned = e.node("Transpose", [cut], { perm: ints(0, 1, 4, 2, 5, 3) });
    const sizes = { channels: channels / 4, height: 2 * height, width: 2 * width };
    e.next(e.node("Reshape", [turned, e.integers(1, channels / 4, 2 * height, 2 * width)]), sizes);
  },
  (draw) => {
    const axis = draw.int(2, 3);
    return (e) => {
      const size = axis === 2 ? e.x.height : e.x.width;
      e.next(e.node("Slice", [e.x.name, e.integers(0), e.integers(size), e.integers(axis)]));
    };
  },
  () => (e) => {
    const { height, width } = e.x;
    if (height < 6 || width < 6) return false;
    e.next(e.node("Slice", [e.x.name, e.integers(1, 0), e.integers(-1, -2), e.integers(2, 3)]), {
      height: height - 2,
      width: width - 2,
    });
  },
  (draw) => {
    const before = draw.int(0, 1);
    return (e) => {
      const { height } = e.x;
      if (height < 4) return false;
      const [start, end] = [e.integers(before), e.integers(height)];
      const rows = e.node("Slice", [e.x.name, start, end, e.integers(2), e.integers(2)]);
      e.next(rows, { height: Math.ceil((height - before) / 2) });
    };
  },
  (draw) => {
    const mode = { mode: { s: draw.pick(["nearest", "linear"]) } };
    return (e) => {
      const { channels, height, width } = e.x;
      const sizes = e.integers(1, channels, 2 * height, 2 * width);
      e.next(e.node("Resize", [e.x.name, "", "", sizes], mode), { height: 2 * height, width: 2 * width });
    };
  },
  (draw) => {
    const mode = { mode: { s: draw.pick(["reflect", "constant", "edge"]) } };
    return (e) => {
      const { height, width } = e.x;
      if (height < 3 || width < 3) return false;
      const sizes = { height: height + 2, width: width + 4 };
      e.next(e.node("Pad", [e.x.name, e.integers(0, 0, 1, 2, 0, 0, 1, 2)], mode), sizes);
    };
  },
  () => (e) => {
    const { channels, height, width } = e.x;
    e.next(e.node("Expand", [e.x.name, e.integers(1, channels, height, width)]));
  },
  () => (e) => {
    const { name, channels } = e.x;
    const pooled = e.node("ReduceMean", [name], { axes: ints(2, 3), keepdims: { i: 1 } });
    const gate = e.node("Reshape", [e.node("Sigmoid", [pooled]), e.integers(1, channels, 1, 1)]);
    e.next(e.node("Mul", [name, gate]));
  },
];

/** Larger pictures only cost time. */
const LARGEST = 100;

/**
 * A network of some steps; with a vector as its result, it ends in a pool.
 *
 * @param sizes that it is exported for: its steps are those that all of them allow
 */
export function randomNetwork(draw: Draw, sizes: readonly Size[]): ExportedNetwork {
  const drafts = sizes.map((size) => new Export(size));
  const steps = Array.from({ length: draw.int(1, 7) }, () => draw.pick(STEPS)(draw)).filter((step) => {
    const before = drafts.map(({ x }) => x);
    const fits = drafts.every((draft) => Math.max(draft.x.height, draft.x.width) < LARGEST && step(draft) !== false);
    if (!fits) for (const [index, draft] of drafts.entries()) draft.x = before[index]!;
    return fits;
  });
  const endsInVector = draw.int(0, 4) === 0;
  return {
    inputs: ([height, width]) => new Map([["x", [1, C, height, width]]]),
    export: (size): ModelProto => {
      const e = new Export(size);
      for (const step of steps) step(e);
      if (endsInVector) {
        const pooled = e.node("GlobalAveragePool", [e.x.name]);
        e.next(e.node("Flatten", [pooled]));
      }
      const { name, channels, height, width } = e.x;
      const shape = endsInVector ? [1, channels] : [1, channels, height, width];
      return build.model({
        ir_version: 8,
        opset_import: [build.opset(17)],
        graph: build.graph({
          name: "g",
          input: [build.valueInfo("x", "FLOAT", [1, C, ...size])],
          node: [...e.nodes, build.node("Tanh", [name], ["y"])],
          initializer: e.constants,
          output: [build.valueInfo("y", "FLOAT", shape)],
        }),
      });
    },
  };
}
