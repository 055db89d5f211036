/** Which convolutions a form fits. */
import { FORM_KERNEL } from "./forms.js";

/** What a convolution and a mixed one have in common. */
interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly pads: readonly number[];
  readonly groups: number;
}

/** 3×3, stride 1, one zero around, ungrouped. */
export function fitsForms({ kernel, stride, dilation, pads, groups }: Window): boolean {
  const ones = [...stride, ...dilation, ...pads, groups].every((value) => value === 1);
  return ones && kernel.every((size) => size === FORM_KERNEL);
}
