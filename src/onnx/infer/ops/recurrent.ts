import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import { alike, type OperatorTable } from "./operator.js";

const DIRECTIONS: ReadonlyMap<string, number> = new Map([
  ["forward", 1],
  ["reverse", 1],
  ["bidirectional", 2],
]);

/** RNN, GRU and LSTM: all states, the last one, and of the LSTM the last cell. */
function recurrent(node: NodeInference): void {
  const directions = DIRECTIONS.get(node.text("direction", "forward")) ?? null;
  const asked = node.int("hidden_size", -1);
  const hidden = asked > 0 ? asked : null;
  const isBatchFirst = node.int("layout", 0) !== 0;
  const input = node.knowsShape(0) ? node.shape(0) : [null, null, null];
  if (input.length !== 3) refuse("the input is not of rank 3");
  const [length, batch] = isBatchFirst ? [input[1]!, input[0]!] : [input[0]!, input[1]!];
  for (let o = 0; o < Math.min(node.outputCount, 3); o++) {
    node.copyElem(0, o);
    const state = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
    const states = isBatchFirst ? [batch, length, directions, hidden] : [length, directions, batch, hidden];
    node.setShape(o, o === 0 ? states : state);
  }
}

export const RECURRENT: OperatorTable = alike("RNN GRU LSTM", 1, recurrent);
