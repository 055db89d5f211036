/** Sizes of axes in a graph that was exported for one height and width: what they were, and what they stand for. */
import { type Dim, dimText, floorDivDim, scaleDim, symbol } from "../../../ir/dim.js";

/** A part of a size: what it was in the export, and what it is for any height and width. */
export interface Factor {
  readonly exported: number;
  readonly dim: Dim;
}

/** A size as the product of what was joined to one axis, in the order of the elements. */
export interface Extent {
  readonly exported: number;
  readonly factors: readonly Factor[];
  /** Where it is a quotient that no value needs to have. */
  readonly divided?: { readonly of: Extent; readonly by: number };
}

export type Extents = readonly Extent[];

export function fixed(exported: number): Extent {
  return extent([{ exported, dim: exported }]);
}

export function open(exported: number, dim: Dim): Extent {
  return extent([{ exported, dim }]);
}

function extent(factors: readonly Factor[]): Extent {
  return { exported: factors.reduce((product, each) => product * each.exported, 1), factors };
}

export function isOpen({ factors }: Extent): boolean {
  return factors.some(({ dim }) => typeof dim !== "number");
}

/** The size of axes that are joined to one. */
export function joined(extents: Extents): Extent {
  return extent(extents.flatMap(({ factors }) => factors));
}

/** As a linear form; a product of several open sizes is a form of its own. */
export function formOf({ factors }: Extent): Dim {
  const forms = factors.filter(({ dim }) => typeof dim !== "number").map(({ dim }) => dim);
  const number = factors.reduce((product, { dim }) => (typeof dim === "number" ? product * dim : product), 1);
  const [first = 1, ...others] = forms;
  if (others.length === 0) return scaleDim(first, number);
  const texts = forms.map(dimText).map((text) => (/[+-]/.test(text) ? `(${text})` : text));
  return scaleDim(symbol(texts.sort().join("*")), number);
}

export function extentText(size: Extent): string {
  return dimText(formOf(size));
}

/** The words of a size's text: names of open sizes among them. */
export function wordsOf(text: string): readonly string[] {
  return text.split(/[^\p{L}\p{N}_#.[\]/]+/u);
}

export function sameExtent(a: Extent, b: Extent): boolean {
  return a.exported === b.exported && extentText(a) === extentText(b);
}

/** Another size that follows from one: what it is in the export by the same rule. */
export function mapped(size: Extent, rule: (dim: Dim) => Dim): Extent {
  const exported = rule(size.exported) as number;
  return isOpen(size) ? open(exported, rule(formOf(size))) : fixed(exported);
}

/** A size in blocks, of pictures that are whole blocks. */
export function inBlocks(size: Extent, by: number): Extent {
  return { ...mapped(size, (dim) => floorDivDim(dim, by)), divided: { of: size, by } };
}

/** ⌈dim / divisor⌉. */
export function ceilDivDim(dim: Dim, divisor: number): Dim {
  return scaleDim(floorDivDim(scaleDim(dim, -1), divisor), -1);
}

/** `the size 16, which is 2*height`. */
export function showExtent(size: Extent): string {
  return isOpen(size) ? `${extentText(size)} (${size.exported} in the export)` : String(size.exported);
}
