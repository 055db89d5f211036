import type { Steps } from "../steps.js";
import * as errors from "./errors.js";
import { Machine, type PickleHost, type PickleInput } from "./machine.js";
import { OPCODES, REFUSED_OPCODES, STOP } from "./opcodes.js";
import type { PyValue } from "./values.js";

export interface Unpickled {
  readonly value: PyValue;
  /** The offset after STOP. */
  readonly end: number;
  /** What reading took, and may still take. */
  readonly steps: Steps;
}

/**
 * Reads one pickle into inert values. Names are looked up in a table of stand-ins, and calls describe values; nothing
 * is imported, called or executed. Names that would run code in Python are collected, and the rest is read for more.
 *
 * @throws OutOfBytes where the bytes end first, and SmxcError where a rule is broken or a name is forbidden.
 */
export function unpickle(input: PickleInput, host: PickleHost): Unpickled {
  const machine: Machine = new Machine(input, host);
  for (let byte = machine.next(); byte !== STOP; byte = machine.next()) {
    const opcode = OPCODES.get(byte);
    if (opcode === undefined) machine.fail((at) => errors.unknownOpcode(byte, REFUSED_OPCODES.get(byte), at));
    machine.perform(opcode);
  }
  return { value: machine.stop(), end: machine.head.position, steps: machine.steps };
}
