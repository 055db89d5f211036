/** What a proof may know of a node: which of its inputs carry the batch along their first axis, and their shapes. */
import type { NodeProto } from "../../../onnx/graph/records.js";

/** Sizes as far as they are known; undefined where the rank is not. */
export type KnownShape = readonly (number | string | null)[] | undefined;

/** An element of a vector of sizes, or a size alone. */
export interface KnownSize {
  /** Its value at a batch of one; a symbol, or null, where only a run knows it. */
  readonly atOne: number | string | null;
  /** Whether it is this many times the number of samples; otherwise every batch has the same. */
  readonly counts: boolean;
}

export interface BatchView {
  readonly node: NodeProto;
  readonly opset: number;
  /** Whether an input carries the batch. */
  carries(index: number): boolean;
  /** Whether an input is there. */
  has(index: number): boolean;
  /** Whether callers may give an input, or override its default. */
  isGiven(index: number): boolean;
  /** At a batch of one. */
  shape(index: number): KnownShape;
  outputShape(index: number): KnownShape;
  /** The values of a constant vector of integers. */
  integers(index: number): readonly number[] | undefined;
  /** The elements of a vector, or a scalar, that may be computed; undefined where it is neither, or of unknown length. */
  sizes(index: number): readonly KnownSize[] | undefined;
}

/** A number, or what a vector has at a position. */
export type VectorElement = number | { readonly at: number };

/** What takes the place of an input: a vector of integers, of floats, or of elements of the vector that it replaces; or nothing. */
export type InputEdit =
  | readonly number[]
  | { readonly floats: readonly number[] }
  | { readonly elements: readonly VectorElement[] }
  | null;

/** What has to change in a node for any batch, by position of the input. */
export type NodeEdits = ReadonlyMap<number, InputEdit>;

/**
 * Why it is not shown that a node only carries the first axis of its carrying inputs to all of its outputs; where it is
 * shown, what has to change.
 */
export type BatchRow = (view: BatchView) => string | NodeEdits;

export const UNCHANGED: NodeEdits = new Map();

/** What a convolution with a kernel for each sample reads in place of a picture that is the same for all: that picture, once for each. */
export interface Repeat {
  /** A value with as many samples. */
  readonly like: string;
  /** Of the picture: [1,C,H,W]. */
  readonly shape: readonly number[];
}
