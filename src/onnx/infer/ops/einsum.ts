import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim, Shape } from "../type-info.js";
import { alike, type OperatorTable } from "./operator.js";

const ELLIPSIS = "...";

/** Subscripts by NumPy's rules; like ONNX, it does not hold equal letters to equal sizes, and takes the first. */
function einsum(node: NodeInference): void {
  node.copyElem(0, 0);
  const equation = node.text("equation", "").replaceAll(" ", "");
  const count = node.inputCount;
  if (equation === "" || count < 1 || !node.knowsShapes(count)) return;
  const arrow = equation.indexOf("->");
  const terms = (arrow < 0 ? equation : equation.slice(0, arrow)).split(",");
  if (terms.length !== count) refuse(`the equation has ${terms.length} operands, the node ${count} inputs`);
  const sizes = new Subscripts();
  for (const [i, term] of terms.entries()) sizes.read(term, node.denseShape(i), i);
  node.setShape(0, arrow < 0 ? sizes.implicit() : sizes.named(equation.slice(arrow + 2)));
}

class Subscripts {
  private readonly sizes = new Map<string, Dim>();
  private readonly repeated = new Set<string>();
  private broadcast: Dim[] | null = null;

  read(term: string, shape: Shape, input: number): void {
    const letters = lettersOf(term);
    const ellipsis = term.indexOf(ELLIPSIS);
    const spare = shape.length - letters.length;
    if (ellipsis < 0 ? spare !== 0 : spare < 0) {
      refuse(`input ${input} is of rank ${shape.length}, its subscripts are "${term}"`);
    }
    const before = ellipsis < 0 ? letters.length : lettersOf(term.slice(0, ellipsis)).length;
    if (ellipsis >= 0) this.readEllipsis(shape.slice(before, before + spare));
    for (const [i, letter] of letters.entries()) {
      if (this.sizes.has(letter)) this.repeated.add(letter);
      else this.sizes.set(letter, shape[i < before ? i : i + spare]!);
    }
  }

  private readEllipsis(dims: Shape): void {
    if (this.broadcast !== null && this.broadcast.length !== dims.length) refuse("the ellipses differ in rank");
    this.broadcast = dims.map((dim, i) => {
      const before = this.broadcast?.[i];
      return before === undefined || (before === 1 && typeof dim === "number" && dim > 1) ? dim : before;
    });
  }

  named(term: string): Shape {
    const ellipsis = term.indexOf(ELLIPSIS);
    const sizes = (text: string) => lettersOf(text).map((letter) => this.sizes.get(letter) ?? null);
    if (ellipsis < 0) return sizes(term);
    return [...sizes(term.slice(0, ellipsis)), ...(this.broadcast ?? []), ...sizes(term.slice(ellipsis + 3))];
  }

  /** Without a result in the equation: letters that occur once, in the order of their codes. */
  implicit(): Shape {
    const once = [...this.sizes].filter(([letter]) => !this.repeated.has(letter));
    return [...(this.broadcast ?? []), ...once.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dim]) => dim)];
  }
}

function lettersOf(term: string): readonly string[] {
  return term.match(/[A-Za-z]/g) ?? [];
}

export const EINSUM: OperatorTable = alike("Einsum", 12, einsum);
