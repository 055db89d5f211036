/** What a comparison reports, and how what it names is shown. */
import { isOnnxDomain } from "../domains.js";
import type { NodeProto } from "../graph/records.js";

export type ChangeKind = "model" | "interface" | "node" | "attribute" | "input" | "shape" | "weight";

/** One difference. */
export interface Change {
  readonly kind: ChangeKind;
  /** Where, in the first model, or in the second for what only that has. */
  readonly place: string;
  readonly message: string;
  /** Largest difference of two weights' values. */
  readonly maxError?: number;
}

export type ReportChange = (kind: ChangeKind, place: string, message: string, maxError?: number) => void;

const MOST_CHARACTERS = 160;

/** A text of a file, cut where it is long: one name may be shown many times. */
export function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

export function placeOf(path: string, node: NodeProto): string {
  return `${path}node "${cut(node.name || node.output.find((name) => name !== "") || node.op_type || "")}"`;
}

export function operator({ domain = "", op_type = "" }: Pick<NodeProto, "domain" | "op_type">): string {
  return cut(isOnnxDomain(domain) ? op_type : `${domain}.${op_type}`);
}
