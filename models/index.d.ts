/** A network that comes with smxc. */
export interface ShippedNetwork {
  /** What stands for its document wherever a model is taken. */
  readonly name: string;
  /** What it does to pictures, in words. */
  readonly task: string;
  /** Pixels of the result per pixel of the picture, along one side. */
  readonly scale: number;
  /** As an SPDX identifier. */
  readonly licence: string;
  /** Where its document and its weights lie: of a file, or where a bundler put them. */
  readonly document: URL;
  readonly weights: URL;
}

export const NETWORKS: readonly ShippedNetwork[];
