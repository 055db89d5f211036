/** What is known of a node where heights and widths are open, and what a row of the table says of it. */
import type { NodeProto } from "../../../onnx/graph/records.js";
import type { Extent, Extents } from "./extent.js";

/** What the node was in the export, with its sizes as they are for any height and width. */
export interface SizeView {
  readonly node: NodeProto;
  readonly opset: number;
  has(index: number): boolean;
  /** The nodes that read a value. */
  readers(value: string): readonly NodeProto[];
  /** The shape of an input, which must be known. @throws NotRead */
  shape(index: number): Extents;
  /** The shape of an output in the export, which must be known. @throws NotRead */
  exported(index: number): readonly number[];
  /** Integers of an input that are the same at all sizes: constants, or computed of what is not open. */
  integers(index: number): readonly number[] | undefined;
  /** Integers of an input that the graph computes of open sizes. */
  computed(index: number): Extents | undefined;
  /** The one number of a constant input of any numeric type. */
  number(index: number): number | undefined;
}

/** What takes the place of an input or attribute: a vector of sizes, or of floats, or nothing. */
export type SizeEdit = readonly (number | Extent)[] | { readonly floats: readonly number[] } | null;

export interface SizeEdits {
  /** By position. */
  readonly inputs?: ReadonlyMap<number, SizeEdit>;
  /** By name; nothing where the attribute goes. */
  readonly attributes?: ReadonlyMap<string, readonly number[] | null>;
}

/** What a node does with heights and widths. */
export interface Shown extends SizeEdits {
  /** Shapes of the outputs. */
  readonly outputs: readonly Extents[];
  /** The integers of the output, where it is a vector of sizes. */
  readonly sizes?: Extents;
}

/**
 * What a node does where at least one of its inputs has an open size, and what has to change in it.
 *
 * @throws NotRead, with what is not shown
 */
export type SizeRow = (view: SizeView) => Shown;
