import type { Window } from "../ir/ops/windows.js";

/** The window as attributes of ONNX's Conv and pools. */
export function windowAttributes(window: Window): Readonly<Record<string, readonly number[]>> {
  return {
    kernel_shape: window.kernel,
    strides: window.stride,
    dilations: window.dilation,
    pads: window.pads,
  };
}
