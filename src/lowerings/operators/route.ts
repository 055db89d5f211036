import type { Dim, Shape } from "../../ir/dim.js";
import type { Normaliser, RouteAttributes } from "../../ir/ops/router.js";
import { emitActivation } from "../activations.js";
import type { GraphEmitter } from "../emitter.js";
import type { LowerSite } from "../site.js";
import { emitFlatMean } from "./mean.js";

/** β as ONNX operators: pool, perceptron, temperature, normaliser; result [N, experts, cardinals]. */
export function lowerRoute(attributes: RouteAttributes, site: LowerSite): void {
  const { e, name } = site;
  const batch = site.inputShapes[0]![0]!;
  const logits = emitPerceptron(attributes, site, emitPooled(site), batch);
  const shape: Shape = [batch, attributes.experts, attributes.cardinals];
  const table = e.reshape(`${name}/logits`, logits, [batch, attributes.experts * attributes.cardinals], shape);
  const cooled =
    attributes.temperature === 1
      ? table
      : e.op("Mul", `${name}/cooled`, [table, e.floats([1 / attributes.temperature], [])], shape);
  NORMALISERS[attributes.normalise](site, cooled);
}

/** The pooled input as [N,C]. */
function emitPooled(site: LowerSite): string {
  const [batch, channels] = site.inputShapes[0]! as readonly [Dim, Dim, ...Dim[]];
  if (site.inputShapes[0]!.length === 2) return site.read(0);
  const known = site.mean(0);
  if (known !== undefined) return known;
  return emitFlatMean(site, `${site.name}/pooled`, [batch, channels]);
}

function emitPerceptron(attributes: RouteAttributes, site: LowerSite, pooled: string, batch: Dim): string {
  const { e, name } = site;
  let value = pooled;
  let width = site.inputShapes[0]![1]!;
  let next = 1;
  attributes.stages.forEach((stage, index) => {
    const label = `${name}/mlp.${index}`;
    if (stage.kind === "activation" && stage.activation.fn === "sigmoid") {
      value = e.op("Div", label, sigmoidOperands(e, label, value, [batch, width]), [batch, width]);
    } else if (stage.kind === "activation") {
      emitActivation(stage.activation, value, {
        e,
        name: label,
        shape: [batch, width],
        result: (op, inputs, parameters) => {
          value = e.op(op, label, inputs, [batch, width], parameters);
        },
      });
    } else if (stage.kind === "scale_shift") {
      const scaled = e.op("Mul", `${label}/scaled`, [value, site.read(next++)], [batch, width]);
      value = e.op("Add", label, [scaled, site.read(next++)], [batch, width]);
    } else if (stage.kind === "prelu") {
      value = e.op("PRelu", label, [value, site.read(next++)], [batch, width]);
    } else {
      width = site.inputShapes[next]![0]!;
      const inputs = [value, site.read(next++), ...(stage.bias ? [site.read(next++)] : [])];
      value = e.op("Gemm", label, inputs, [batch, width], { transB: 1 });
    }
  });
  return value;
}

/**
 * The operands of 1 / (1 + exp(−z)), a sigmoid in so many operators: ONNX Runtime's Sigmoid is off by 1e-7 whatever its
 * result, so that a small weight of a whole kernel would be wrong in its fourth digit, its root in its second, and is 0
 * below −18.
 */
function sigmoidOperands(e: GraphEmitter, name: string, z: string, shape: Shape): readonly [string, string] {
  const one = e.floats([1], []);
  const decay = e.op("Exp", `${name}/decay`, [e.op("Neg", `${name}/negative`, [z], shape)], shape);
  return [one, e.op("Add", `${name}/inverse`, [decay, one], shape)];
}

const NORMALISERS: Readonly<Record<Normaliser, (site: LowerSite, logits: string) => void>> = {
  softmax(site, logits) {
    site.keepLogits(logits);
    site.result("Softmax", [logits], { axis: 1 });
  },
  sigmoid: (site, logits) => site.result("Div", sigmoidOperands(site.e, site.name, logits, site.shape)),
  identity: (site, logits) => site.bind(logits),
};
