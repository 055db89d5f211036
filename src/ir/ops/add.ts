import { elementwise } from "./broadcast.js";

/** Sum of two values. */
export const add = elementwise((a, b) => a + b);
