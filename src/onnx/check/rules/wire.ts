import type { WireFaultCode } from "../../read/wire-fault.js";
import { official, type Rule } from "../rule.js";

const DAMAGED = "the file may be cut short or damaged; copy or export it again";

const HOSTILE = "A reader that trusts the number reads past the data or allocates without end.";

/** The reader's own errors, as rules: a file that breaks one is no protobuf message, and nothing else is checked. */
export const WIRE_RULES = {
  "onnx/wire-truncated": official("Every field of the file is complete.", HOSTILE, DAMAGED),
  "onnx/wire-varint": official("Integers take at most 10 bytes, tags and lengths 5.", HOSTILE, DAMAGED),
  "onnx/wire-length": official("A field ends inside its message.", HOSTILE, DAMAGED),
  "onnx/wire-tag": official("Field numbers are positive.", "Protobuf reserves 0.", DAMAGED),
  "onnx/wire-type": official("Wire types are ones that protobuf defines.", "The length of others is unknown.", DAMAGED),
  "onnx/wire-group": official("A group ends where it was opened.", "Protobuf's parsers refuse others.", DAMAGED),
  "onnx/wire-packed": official("Packed values are whole.", "The last one would be read past the data.", DAMAGED),
  "onnx/wire-depth": official(
    "Messages are nested at most 100 deep.",
    "Deeper ones exhaust the stack of readers (CVE-2026-44289).",
    "flatten the nested graphs or types",
  ),
} as const satisfies Readonly<Record<WireFaultCode, Rule>>;
