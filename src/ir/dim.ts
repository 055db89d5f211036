/**
 * Sizes of dimensions: a number, or a linear form over symbols, c0 + Σ ci·atom, where an atom is a symbol of the
 * document (`H`) or a rounded quotient of such a form (`floor((H+1)/2)`). Enough to follow any convolutional network
 * symbolically, and two equal sizes always have the same text.
 */
export interface SymbolicDim {
  readonly terms: readonly Term[];
  readonly constant: number;
}

export interface Term {
  readonly atom: string;
  readonly coefficient: number;
  /** What the atom is, where it is no symbol. */
  readonly quotient?: Quotient;
  /** The symbol is one of so many equal parts of a size; absent: it is a size. */
  readonly part?: number;
}

/** ⌊of / divisor⌋ */
export interface Quotient {
  readonly of: SymbolicDim;
  readonly divisor: number;
}

export type Dim = number | SymbolicDim;
export type Shape = readonly Dim[];

/** @param part of the size that it stands for, where that is not 1: an eighth is 8 */
export function symbol(name: string, part = 1): SymbolicDim {
  return { terms: [{ atom: name, coefficient: 1, ...(part === 1 ? {} : { part }) }], constant: 0 };
}

function form(dim: Dim): SymbolicDim {
  return typeof dim === "number" ? { terms: [], constant: dim } : dim;
}

/** Of terms with different atoms. */
function normalise(terms: Iterable<Term>, constant: number): Dim {
  const kept = [...terms].filter(({ coefficient }) => coefficient !== 0).sort((a, b) => (a.atom < b.atom ? -1 : 1));
  return kept.length === 0 ? constant : { terms: kept, constant };
}

export function addDims(a: Dim, b: Dim): Dim {
  const left = form(a);
  const right = form(b);
  const terms = new Map(left.terms.map((term) => [term.atom, term]));
  for (const term of right.terms)
    terms.set(term.atom, { ...term, coefficient: (terms.get(term.atom)?.coefficient ?? 0) + term.coefficient });
  return normalise(terms.values(), left.constant + right.constant);
}

export function scaleDim(dim: Dim, factor: number): Dim {
  const { terms, constant } = form(dim);
  return normalise(
    terms.map((term) => ({ ...term, coefficient: term.coefficient * factor })),
    constant * factor,
  );
}

/** ⌊dim / divisor⌋. */
export function floorDivDim(dim: Dim, divisor: number): Dim {
  if (typeof dim === "number") return Math.floor(dim / divisor);
  if (divisor === 1) return dim;
  const exact = dim.terms.every(({ coefficient }) => coefficient % divisor === 0);
  if (exact) {
    const terms = dim.terms.map((term) => ({ ...term, coefficient: term.coefficient / divisor }));
    return normalise(terms, Math.floor(dim.constant / divisor));
  }
  const quotient = { of: dim, divisor };
  return { terms: [{ atom: `floor((${dimText(dim)})/${divisor})`, coefficient: 1, quotient }], constant: 0 };
}

/** The number that a size is, where its symbols are numbers. */
export function valueOfDim(dim: Dim, numberOf: (symbol: string, part: number) => number): number {
  if (typeof dim === "number") return dim;
  return dim.terms.reduce((sum, { atom, coefficient, quotient, part = 1 }) => {
    const value = quotient ? Math.floor(valueOfDim(quotient.of, numberOf) / quotient.divisor) : numberOf(atom, part);
    return sum + coefficient * value;
  }, dim.constant);
}

/** The product of sizes that are all numbers; otherwise a symbol of that name. */
export function productDim(dims: readonly Dim[], name: string): Dim {
  return dims.every((dim) => typeof dim === "number") ? dims.reduce((product, dim) => product * dim, 1) : symbol(name);
}

/** The exact quotient, or undefined when the division may leave a remainder. */
export function divideDim(dim: Dim, divisor: number): Dim | undefined {
  const { terms, constant } = form(dim);
  const exact = constant % divisor === 0 && terms.every(({ coefficient }) => coefficient % divisor === 0);
  return exact ? floorDivDim(dim, divisor) : undefined;
}

export function sameDim(a: Dim, b: Dim): boolean {
  if (a === b) return true;
  return typeof a === "number" || typeof b === "number" ? a === b : dimText(a) === dimText(b);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => sameDim(dim, b[axis]!));
}

/** `2*H+1`; a number as itself. The text is the dimension's name in the ONNX graph. */
export function dimText(dim: Dim): string {
  if (typeof dim === "number") return String(dim);
  const parts = dim.terms.map(({ atom, coefficient }) => (coefficient === 1 ? atom : `${coefficient}*${atom}`));
  if (dim.constant !== 0) parts.push(String(dim.constant));
  return parts.join("+").replaceAll("+-", "-");
}

export function shapeText(shape: Shape): string {
  return `[${shape.map(dimText).join(",")}]`;
}

/** Size of one output axis of a windowed operator: ⌊(size + pads − (dilation·(kernel − 1) + 1)) / stride⌋ + 1. */
export function windowedDim(size: Dim, kernel: number, stride: number, dilation: number, pads: number): Dim {
  const reach = dilation * (kernel - 1) + 1;
  return addDims(floorDivDim(addDims(size, pads - reach), stride), 1);
}
