/** What became of a graph, part by part. */

/** What smxc can read in one piece. */
export interface IslandReport {
  /** Of its first node. */
  readonly name: string;
  /** Nodes of the source. */
  readonly nodes: number;
  readonly became: "compiled" | "kept";
  readonly reason: string;
}

/** A convolution whose kernel the source computes. */
export interface KernelReport {
  /** The node's name, or its output's. */
  readonly node: string;
  readonly became: "mix_conv" | "conv" | "kept";
  readonly experts: number;
  readonly reason: string;
}

export interface BatchReport {
  readonly became: "open" | "scan" | "kept";
  readonly reason: string;
}

/** Why a size is open that was never fixed. */
export const LEFT_OPEN = "it is dynamic in the source";

/** A height or width. */
export interface SizeReport {
  /** `fixed`: to another number than the source has, or one where it is dynamic in the source. */
  readonly became: "open" | "fixed" | "kept";
  readonly reason: string;
}

/** A node that keeps others from being taken, and why. */
export interface LeftNode {
  readonly node: string;
  readonly reason: string;
}

export interface AccelerateReport {
  readonly islands: readonly IslandReport[];
  readonly kernels: readonly KernelReport[];
  readonly batch: BatchReport;
  readonly height: SizeReport;
  readonly width: SizeReport;
  /** Nodes of operators that smxc knows and could not read. */
  readonly left: readonly LeftNode[];
}
