import { elementwise } from "./broadcast.js";

/** Sum of two values. */
export const add = elementwise("Add", (a, b) => a + b);
