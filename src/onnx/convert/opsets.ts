import { isOnnxDomain } from "../domains.js";
import type { Message } from "../graph/records.js";
import { opsetImport } from "./make.js";

type OpsetImport = readonly Message<"OperatorSetIdProto">[];

/** The version of ai.onnx that is imported; null where none is. */
export function defaultOpset(imports: OpsetImport): number | null {
  const found = imports.find(({ domain }) => isOnnxDomain(domain));
  return found === undefined ? null : Number(found.version ?? 0);
}

/** The imports, with that version of ai.onnx. */
export function withDefaultOpset(imports: OpsetImport, version: number): OpsetImport {
  if (defaultOpset(imports) === null) return [...imports, opsetImport(version)];
  return imports.map((each) => (isOnnxDomain(each.domain) ? { ...each, version } : each));
}
