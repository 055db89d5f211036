import { elementwise } from "./broadcast.js";

/** Product of two values. */
export const mul = elementwise((a, b) => a * b);
