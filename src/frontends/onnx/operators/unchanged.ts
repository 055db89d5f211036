/** Operators that leave their input as it is when a network runs. */
import { intOf } from "../attributes.js";
import { inputOf, keep, onlyFirstOutput, shapeOf } from "../operands.js";
import { NotRead, type OperatorRow, type Read } from "../reading.js";

/** `TensorProto.FLOAT`. */
const FLOAT = 1;

const identity: Read = (source, write) => {
  shapeOf(source, 0);
  keep(write, inputOf(source, 0));
};

/** Until opset 11 a Dropout is one of inference; from 12 on an input says so. */
const dropout: Read = (source, write) => {
  shapeOf(source, 0);
  onlyFirstOutput(source, "other nodes use its mask");
  if (source.input(2) !== undefined && source.numbers(2)?.[0] !== 0) throw new NotRead("it may run in training mode");
  keep(write, inputOf(source, 0));
};

const cast: Read = (source, write) => {
  shapeOf(source, 0);
  if (intOf(source.node, "to", 0) !== FLOAT) throw new NotRead("it casts to a type other than float32");
  keep(write, inputOf(source, 0));
};

export const UNCHANGED = {
  Identity: { read: identity },
  Dropout: { read: dropout },
  Cast: { read: cast },
} satisfies Readonly<Record<string, OperatorRow>>;
