import type { Config } from "./config.js";

/** Geometry of a single convolution, as the configuration gives it. */
export interface Geometry {
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
  readonly groups: number;
}

/** What the keys of a single convolution mean; importers add their own. */
export const GEOMETRY_KEYS = {
  stride: "stride of the convolution (default 1)",
  padding: "zeros around the input (default: as many as keep the size at stride 1)",
  dilation: "dilation of the convolution (default 1)",
  in_channels: "checked against the shapes",
  out_channels: "checked against the shapes",
  kernel: "checked against the shapes",
  experts: "checked against the shapes",
  groups: "groups of a grouped convolution (checked against the shapes)",
  bias: "checked against the tensors",
} as const;

/** Stride, padding and dilation leave no trace in a checkpoint; these are the public defaults where none is given. */
export function geometryOf(config: Config, kernel: number): Omit<Geometry, "groups"> {
  const dilation = config.integer("dilation", 1);
  return {
    stride: config.integer("stride", 1),
    pad: config.integer("padding", Math.floor((dilation * (kernel - 1)) / 2), 0),
    dilation,
  };
}
