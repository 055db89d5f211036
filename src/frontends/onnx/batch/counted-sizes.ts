/** Vectors and scalars of sizes that a graph computes: which of their elements hold the number of samples. */
import { elementType } from "../../../onnx/graph/element-types.js";
import type { NodeProto } from "../../../onnx/graph/records.js";
import { MOST_DIMENSIONS, type TypeInfo } from "../../../onnx/infer/type-info.js";
import type { KnownShape, KnownSize } from "./carried.js";
import { COUNTED_ROWS } from "./counted-size-rows.js";

/** The elements of a scalar or vector at a batch of one, as far as they are known. */
export type KnownElements = (name: string) => readonly (number | string | null)[] | undefined;

interface Known {
  typeOf(name: string): TypeInfo | null;
  readonly elementsOf: KnownElements;
}

const INTEGERS: ReadonlySet<string> = new Set(["INT32", "INT64"]);
/** Numbers of samples are exact in these. */
const NUMBERS: ReadonlySet<string> = new Set([...INTEGERS, "FLOAT", "DOUBLE"]);

export class CountedSizes {
  private readonly followed = new Map<string, readonly KnownSize[]>();

  has(name: string): boolean {
    return this.followed.has(name);
  }

  /** Whether an element holds the number of samples. */
  counts(name: string): boolean {
    return this.followed.get(name)?.some(({ counts }) => counts) ?? false;
  }

  /** Elements of a value that does not depend on what samples hold; undefined where it is no scalar or vector of known length. */
  of(name: string, { typeOf, elementsOf }: Known): readonly KnownSize[] | undefined {
    const followed = this.followed.get(name);
    if (followed !== undefined || name === "") return followed;
    const known = elementsOf(name);
    if (known !== undefined) return known.map((atOne) => ({ atOne, counts: false }));
    const shape = shapeIn(typeOf(name));
    const length = shape?.length === 0 ? 1 : shape?.length === 1 ? shape[0] : undefined;
    if (typeof length !== "number" || length > MOST_DIMENSIONS) return undefined;
    return new Array<KnownSize>(length).fill({ atOne: null, counts: false });
  }

  /**
   * Follows what a node computes of sizes.
   *
   * @param first what is known of its first input
   * @returns undefined where its output is followed; otherwise why not, or no reason where the node does not compute sizes
   */
  follow(
    node: NodeProto,
    first: { readonly shape: KnownShape; readonly carries: boolean },
    known: Known,
  ): string | undefined {
    const row = COUNTED_ROWS[node.op_type ?? ""];
    if (row === undefined) return "";
    const output = node.output[0]!;
    const elementOf = (name: string): string => {
      const type = known.typeOf(name);
      return (type?.kind === "tensor" ? elementType(type.elem)?.name : undefined) ?? "";
    };
    const sizes = row({
      ...first,
      node,
      sizes: (index) => this.of(node.input[index] ?? "", known),
      rank: shapeIn(known.typeOf(output))?.length,
      isInteger: (index) => INTEGERS.has(elementOf(node.input[index] ?? "")),
      givesIntegers: INTEGERS.has(elementOf(output)),
    });
    if (typeof sizes === "string") return sizes;
    const isCounted = sizes.some(({ counts }) => counts);
    if (isCounted && !NUMBERS.has(elementOf(output)))
      return "it converts the number of samples to a type that cannot hold every number";
    const found = known.elementsOf(output);
    this.followed.set(
      output,
      sizes.map((size, index) => (size.atOne === null ? { ...size, atOne: found?.[index] ?? null } : size)),
    );
    return undefined;
  }
}

function shapeIn(type: TypeInfo | null): KnownShape {
  return type?.kind === "tensor" ? (type.shape ?? undefined) : undefined;
}
