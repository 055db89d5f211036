import type { ByteStream } from "../../base/bytes/byte-source.js";
import { type Diagnostic, error, SmxcError, warning } from "../../base/diagnostics.js";
import { nearest } from "../../base/nearest.js";
import { type NamedTensor, writeSafetensors } from "../../files/safetensors-write.js";
import {
  elementCount,
  type LazyTensor,
  type StoredTensor,
  type TensorData,
  type TensorStore,
} from "../../tensors/tensor.js";
import { buildGraph } from "../document/build.js";
import { MODEL_SCHEMA_URL, type ModelDocument, type ModelSpec } from "../document/document.js";
import { checkDocument } from "../document/parse.js";
import { chooseArchitecture } from "./architecture.js";
import { Config, type ConfigPlace, type ConfigValue } from "./config.js";
import type { Importer } from "./importer.js";
import { withTask } from "./task.js";
import { TensorReader, ZeroNormError } from "./tensor-reader.js";

export interface ImportOptions {
  /** The architecture, as in `--arch`; default: recognised by the tensors. */
  readonly arch?: string;
  readonly config?: ReadonlyMap<string, ConfigValue>;
  /** The place of the value of each key, for messages. */
  readonly configPlace?: ConfigPlace;
  /** The name of the model; default: the name of the architecture. */
  readonly name?: string;
  /** Receives warnings. */
  readonly report?: (diagnostic: Diagnostic) => void;
}

/** A model imported from a checkpoint. */
export interface Imported {
  readonly arch: string;
  /** The document without its weights entry, which names a file. */
  readonly document: Omit<ModelDocument, "weights">;
  /** The weights as a safetensors file. */
  readonly weights: ByteStream;
  /** Numbers in the weights, and in the checkpoint, where weight_norm keeps gains and directions apart. */
  readonly parameters: { readonly model: number; readonly checkpoint: number };
}

/** Keys of configuration files that describe the case and not the network. */
const DESCRIPTIVE: ReadonlySet<string> = new Set(["family", "formula", "layout", "task", "parameters", "psnr"]);

/**
 * Turns a checkpoint's tensors into a model document and a weights file. Every tensor must be used exactly once.
 * Throws SmxcError with all missing, misshapen and unexpected tensors and every contradiction of the configuration.
 */
export function importModel(store: TensorStore, options: ImportOptions = {}): Imported {
  const report = options.report ?? (() => {});
  const { importer, prefix } = chooseArchitecture(store, options.arch, report);
  const given = options.config ?? new Map<string, ConfigValue>();
  const config = new Config(given, options.configPlace);
  for (const key of given.keys()) {
    if (!Object.hasOwn(importer.keys, key) && !DESCRIPTIVE.has(key)) report(unknownKey(key, importer, config));
  }
  const tensors = new TensorReader(store, prefix);
  tensors.refuseEmpty();
  const doubt = options.arch === undefined ? importer.doubt?.(tensors) : undefined;
  if (doubt) throw new SmxcError([doubt]);
  const model = importer.read(tensors, config);
  const found = [...config.found, ...tensors.finish()];
  if (found.length > 0) throw new SmxcError(found);
  for (const note of model.warnings) report(note);
  const document = {
    $schema: MODEL_SCHEMA_URL,
    version: 1 as const,
    ...model.document,
    ...(model.document.image ? { image: withTask(model.document.image) } : {}),
    ...(options.name === undefined ? {} : { name: options.name }),
    source: { arch: importer.name },
  };
  refuseContradiction(checkDocument(JSON.parse(JSON.stringify(document))), model.tensors);
  const checked = model.tensors.map(
    ({ name, tensor }): NamedTensor => ({ name, tensor: inspected(name, tensor, report) }),
  );
  return {
    arch: importer.name,
    document,
    weights: writeSafetensors(checked, new Map([["format", "smxc"]])),
    parameters: {
      model: checked.reduce((sum, { tensor }) => sum + elementCount(tensor.shape), 0),
      checkpoint: tensors.parameters,
    },
  };
}

/** Sizes may fit one by one and not together: then no compile takes the document. */
function refuseContradiction(spec: ModelSpec, named: readonly NamedTensor[]): void {
  const stored = named.map(({ name, tensor }): readonly [string, StoredTensor] => [
    name,
    { name, dtype: "float32", shape: tensor.shape, read: () => tensor.read() },
  ]);
  try {
    buildGraph(spec, { tensors: new Map(stored), others: new Map(), metadata: new Map() });
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    throw new SmxcError(cause.diagnostics.map(contradiction));
  }
}

const contradiction = ({ message }: Diagnostic): Diagnostic =>
  error("import/contradiction", `tensors and hyper-parameters do not make one network: ${message}`, {
    hint: "give the hyper-parameters with which the network was trained",
  });

const unknownKey = (key: string, importer: Importer, config: Config): Diagnostic => {
  const near = nearest(key, Object.keys(importer.keys));
  return warning(
    "import/unknown-config",
    `the architecture ${importer.name} has no hyper-parameter "${key}"; it is ignored`,
    {
      ...config.placeOf(key),
      ...(near ? { hint: `did you mean "${near}"?` } : {}),
    },
  );
};

/** The tensor, with a warning when it holds values that are not finite. */
function inspected(name: string, tensor: LazyTensor, report: (diagnostic: Diagnostic) => void): LazyTensor {
  return {
    shape: tensor.shape,
    async read() {
      const values = await readNamed(tensor);
      const bad = countNotFinite(values);
      if (bad > 0) {
        const message = `the tensor "${name}" holds ${bad === 1 ? "1 value that is" : `${bad} values that are`} NaN or infinite`;
        report(warning("import/not-finite", message, { place: name, hint: "check whether training diverged" }));
      }
      return values;
    },
  };
}

/** An index loop: an iterator takes ten times as long, which large networks notice. */
function countNotFinite(values: TensorData): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) count++;
  return count;
}

async function readNamed(tensor: LazyTensor): ReturnType<LazyTensor["read"]> {
  try {
    return await tensor.read();
  } catch (cause) {
    if (!(cause instanceof ZeroNormError)) throw cause;
    throw new SmxcError([
      error("import/zero-norm", `row ${cause.row} of "${cause.tensor}" is all zeros, so weight_norm divides by zero`, {
        place: cause.tensor,
        hint: "remove weight_norm in PyTorch before saving, or correct the row",
      }),
    ]);
  }
}
