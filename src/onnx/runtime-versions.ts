/** Which ONNX Runtime is needed to open a model. */
import { isOnnxDomain } from "./domains.js";
import type { ModelProto } from "./graph/records.js";

type Version = readonly [major: number, minor: number];

/** The oldest release with all of an opset of ai.onnx (onnxruntime.ai, "Compatibility"). */
const OPSETS: ReadonlyMap<number, Version> = new Map([
  [7, [0, 2]],
  [8, [0, 2]],
  [9, [0, 3]],
  [10, [0, 4]],
  [11, [1, 0]],
  [12, [1, 3]],
  [13, [1, 6]],
  [14, [1, 8]],
  [15, [1, 9]],
  [16, [1, 11]],
  [17, [1, 12]],
  [18, [1, 14]],
  [19, [1, 15]],
  [20, [1, 17]],
  [21, [1, 18]],
  [22, [1, 21]],
  [23, [1, 23]],
  [24, [1, 24]],
]);

/** The oldest release that reads an IR version. */
const IR_VERSIONS: ReadonlyMap<number, Version> = new Map([
  [8, [1, 9]],
  [9, [1, 15]],
  [10, [1, 18]],
  [11, [1, 23]],
  [12, [1, 24]],
]);

/** `1.12`; undefined where the opset or the IR version is newer than what is known here, or the file needs no opset of ai.onnx. */
export function oldestRuntime({ opset_import, ir_version }: ModelProto): string | undefined {
  const opset = opset_import.find(({ domain }) => isOnnxDomain(domain))?.version;
  const byOpset = OPSETS.get(Number(opset));
  const ir = Number(ir_version ?? 0);
  const byIr = ir < Math.min(...IR_VERSIONS.keys()) ? byOpset : IR_VERSIONS.get(ir);
  if (byOpset === undefined || byIr === undefined) return undefined;
  const later = byIr[0] > byOpset[0] || (byIr[0] === byOpset[0] && byIr[1] > byOpset[1]) ? byIr : byOpset;
  return later.join(".");
}
