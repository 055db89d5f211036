import type { WireFaultCode } from "../../read/wire-fault.js";
import { official, type Rule } from "../rule.js";

const DAMAGED = "copy or export the file again; it may be cut off or damaged";

const HOSTILE = "A program that trusts the number reads past the end of the data or allocates without limit.";

/** The reader's own errors, as rules: a file that breaks one is no protobuf message, and nothing else is checked. */
export const WIRE_RULES = {
  "onnx/wire-truncated": official("Every field of the file is complete.", HOSTILE, DAMAGED),
  "onnx/wire-varint": official("Integers take at most 10 bytes, tags and lengths 5.", HOSTILE, DAMAGED),
  "onnx/wire-length": official("A field ends inside its message.", HOSTILE, DAMAGED),
  "onnx/wire-tag": official("Field numbers are positive.", "Protobuf reserves 0.", DAMAGED),
  "onnx/wire-type": official(
    "Wire types are defined by protobuf.",
    "The length of other wire types is not known.",
    DAMAGED,
  ),
  "onnx/wire-group": official(
    "A group ends in the message in which it began.",
    "Protobuf parsers refuse other groups.",
    DAMAGED,
  ),
  "onnx/wire-packed": official(
    "Packed values are complete.",
    "Otherwise the last value would be read past the end of the data.",
    DAMAGED,
  ),
  "onnx/wire-depth": official(
    "Messages are nested at most 100 deep.",
    "Deeper messages exhaust the stack of programs that read them (CVE-2026-44289).",
    "flatten the nested graphs or types",
  ),
} as const satisfies Readonly<Record<WireFaultCode, Rule>>;
