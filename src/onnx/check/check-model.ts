/** `smxc check`: the rules of `onnx.checker.check_model` (onnx 1.23.1), all reported at once and with their places. */

import type { ByteSource } from "../../base/bytes/byte-source.js";
import { SmxcError } from "../../base/diagnostics.js";
import { decodeFile } from "../decode.js";
import { MODEL_BYTE_LIMIT } from "../errors.js";
import type { ModelProto } from "../graph/records.js";
import { Place } from "../place.js";
import type { Provider } from "../providers/provider.js";
import { loadSchemas } from "../schemas/registry.js";
import { functionId } from "./call-graph.js";
import type { CheckContext, Report } from "./context.js";
import { cachedFolder } from "./external-cache.js";
import type { ExternalDataFolder } from "./external-folder.js";
import { type Finding, findingOf, isValid } from "./finding.js";
import { FindingList } from "./finding-list.js";
import { checkShapesStrictly, checkTypes } from "./full.js";
import { checkFunctions } from "./function.js";
import { checkGraph } from "./graph.js";
import { checkHeader, opsetVersions } from "./model.js";
import { RULES, type RuleId } from "./rules.js";
import { checkExternalStrictly } from "./strict-external.js";
import { checkFileStrictly, type OfFile } from "./strict-file.js";
import { checkGraphsStrictly } from "./strict-graph.js";
import { checkModelStrictly } from "./strict-model.js";
import { checkSymbols } from "./strict-symbol.js";
import { checkTensorsStrictly } from "./strict-tensor.js";
import { checkUse } from "./strict-unused.js";

export interface CheckOptions {
  /** Access to the model's folder, for external data; without it external data is reported as unchecked. */
  readonly folder?: ExternalDataFolder;
  /** Also the rules that the official checker does not have. */
  readonly strict?: boolean;
  /** Makes contradictions of types and shapes errors, which are warnings otherwise, and reports what is not inferred. */
  readonly full?: boolean;
  /** Also what this execution provider makes of the model. */
  readonly target?: Provider;
}

/**
 * Reads a file and checks it. Bytes that are no protobuf message, or a file of another kind, are a finding like any other.
 * @throws SmxcError only where the source cannot be read.
 */
export async function checkFile(source: ByteSource, options: CheckOptions = {}): Promise<readonly Finding[]> {
  try {
    return await checkModel(await decodeFile(source), options);
  } catch (e) {
    if (!(e instanceof SmxcError) || !e.diagnostics.every((d) => Object.hasOwn(RULES, d.code))) throw e;
    return e.diagnostics.map(({ code, message, place = "", hint }) => ({
      ...findingOf(code as RuleId, Place.root(place), message),
      // Of a file of another kind the remedy depends on the kind.
      ...(hint !== undefined && code === "onnx/unknown-format" ? { hint } : {}),
    }));
  }
}

/** A record, and what is known of its file. */
export interface CheckedModel extends OfFile {
  readonly source: Pick<ByteSource, "size">;
}

/** Checks a model that was read, or is to be written. Findings come in the order of the file; those that wait for files come last. */
export async function checkModel(decoded: CheckedModel, options: CheckOptions = {}): Promise<readonly Finding[]> {
  const { message: model, source } = decoded;
  const findings = new FindingList();
  const reported = new Set<string>();
  const tasks: (() => Promise<void>)[] = [];
  const report: Report = (...finding) => findings.add(...finding);
  const schemas = await loadSchemas();
  const root = Place.root("model");
  const folder = options.folder === undefined ? null : cachedFolder(options.folder);
  if (source.size > MODEL_BYTE_LIMIT) report("onnx/model-size", root, `the file has ${source.size} bytes`);
  checkHeader(model, schemas.irVersion, report);
  const context: CheckContext = {
    schemas,
    irVersion: Number(BigInt.asIntN(32, BigInt(model.ir_version ?? 0))),
    opsets: modelOpsets(model, root, report),
    isMainGraph: true,
    functions: new Set(model.functions.map((fn) => functionId(fn.domain, fn.name, fn.overload))),
    folder,
    isStrict: options.strict ?? false,
    report,
    checkGraph,
    reportOnce: (key, ...args) => {
      if (!reported.has(key)) report(...args);
      reported.add(key);
    },
    later: (task) => void tasks.push(task),
  };
  if (model.graph === undefined) report("onnx/graph-name", root, "the model has no graph");
  else checkGraph(model.graph, Place.root("graph"), context, null);
  checkFunctions(model, context);
  if (options.strict) checkStrictly(decoded, context);
  try {
    for (const task of tasks) await task();
  } finally {
    await folder?.close();
  }
  if (isValid(findings.list())) {
    checkInference(model, context, options, findings);
    if (options.target !== undefined) {
      const { checkTarget } = await import("./target.js");
      checkTarget(model, schemas, options.target, report);
    }
  }
  return findings.list();
}

/** Types and shapes can be inferred only where everything else is in order. */
function checkInference(
  model: ModelProto,
  { schemas }: CheckContext,
  { full = false, strict = false }: CheckOptions,
  findings: FindingList,
): void {
  const report: Report = (...finding) => findings.add(...finding);
  const isSound = checkTypes(model, schemas, full, report);
  if (!strict || !isSound) return;
  checkShapesStrictly(model, schemas, report);
  checkSymbols(model, schemas, report);
}

function checkStrictly(decoded: CheckedModel, context: CheckContext): void {
  const { message: model } = decoded;
  checkFileStrictly(decoded, context.report);
  checkModelStrictly(model, context.schemas, context.report);
  checkGraphsStrictly(model, context.report);
  checkUse(model, context.report);
  checkTensorsStrictly(model, context);
  checkExternalStrictly(model, context);
}

/** Before opsets existed, operators were those of version 1. */
function modelOpsets(model: ModelProto, root: Place, report: Report): ReadonlyMap<string, number> {
  const imported = opsetVersions(model.opset_import, root, report);
  return imported.size === 0 && (model.ir_version ?? 0) < 3 ? new Map([["", 1]]) : imported;
}
