import { elementwise } from "./broadcast.js";

/** Product of two values. */
export const mul = elementwise("Mul", (a, b) => a * b);
