/** What can be wrong with a model that is to be deployed. */
import { explain } from "../../../src/base/bytes/file-errors.js";
import { type Diagnostic, error, SmxcError, warning } from "../../../src/base/diagnostics.js";

export const noSuchServer = (given: string): SmxcError =>
  new SmxcError(
    [
      error("usage/no-such-server", `the server "${given}" is not supported`, {
        hint: "use triton: smxc deploy triton model.onnx -o repository",
      }),
    ],
    "usage",
  );

export const wrongName = (given: string): SmxcError =>
  new SmxcError(
    [
      error(
        "usage/model-name",
        `a model cannot be called "${given}": the name becomes a folder and a part of web addresses`,
        {
          hint: "give a --name of letters and digits, with . _ - between them",
        },
      ),
    ],
    "usage",
  );

export const noTensor = (file: string, place: string, is: string): Diagnostic =>
  error("deploy/no-tensor", `"${place}" is ${is}; Triton takes and returns only tensors`, {
    file,
    place,
    hint: "export the network so that all inputs and outputs are tensors",
  });

export const unknownType = (file: string, place: string, type: string): Diagnostic =>
  error("deploy/element-type", `"${place}" holds elements of ${type}, for which Triton has no type`, {
    file,
    place,
    hint: "cast it in the graph, for example to FLOAT or FLOAT16",
  });

export const unknownRank = (file: string, place: string): Diagnostic =>
  error("deploy/unknown-rank", `the number of dimensions of "${place}" is not known; Triton needs it`, {
    file,
    place,
    hint: "export the network with a declared shape; smxc check --full shows more",
  });

export const noDimension = (file: string, place: string): Diagnostic =>
  error("deploy/no-dimension", `"${place}" is a scalar; Triton needs at least one dimension`, {
    file,
    place,
    hint: "give it a dimension of 1 in the graph",
  });

const BATCH_HINT =
  "make the batch dynamic with smxc compile model.onnx -o dynamic.onnx --batch dynamic, or leave out --max-batch to run requests one by one";

export const fixedBatch = (file: string, place: string, reason: string): Diagnostic =>
  error("deploy/fixed-batch", `requests cannot be joined to batches: ${reason}`, { file, place, hint: BATCH_HINT });

export const notJoined = (file: string, place: string, reason: string): Diagnostic =>
  warning("deploy/not-joined", `max_batch_size is 0, because requests cannot be joined to batches: ${reason}`, {
    file,
    place,
    hint: "make the batch dynamic: smxc compile model.onnx -o dynamic.onnx --batch dynamic",
  });

export const newerRuntime = (file: string, needs: string, has: string): Diagnostic =>
  warning(
    "deploy/newer-runtime",
    `the graph has ${needs}; it is not known whether Triton's ONNX Runtime ${has} can open it`,
    {
      file,
      hint: "compile the network for an older opset (smxc compile … --opset 21), or check the release of the server",
    },
  );

export const otherTarget = (file: string, target: string, kind: string): Diagnostic =>
  warning(
    "deploy/other-target",
    `the graph was compiled for ${target}, but the server will run it on a ${kind.toUpperCase()}`,
    {
      file,
      hint: `compile it with --target ${kind === "gpu" ? "cuda" : "cpu"}, which is faster there, or give another --kind`,
    },
  );

/** A configuration that does not follow Triton's schema. */
export const notOfSchema = (file: string, rule: string, line: number | undefined): Diagnostic =>
  error("deploy/config", `the configuration breaks Triton's schema: ${rule}`, {
    file,
    ...(line === undefined ? {} : { line }),
    hint: "write names and types of schemas/triton/model_config.proto; if yours is newer, check it with protoc and NVIDIA's own schema",
  });

export const otherThanGraph = (file: string, place: string, said: string, is: string, line?: number): Diagnostic =>
  error("deploy/other-than-graph", `the configuration says ${said} for "${place}", but the graph has ${is}`, {
    file,
    place,
    ...(line === undefined ? {} : { line }),
  });

/** A rule of Triton's that no schema has. */
export const breaksRule = (file: string, message: string, hint: string, line: number | undefined): Diagnostic =>
  error("deploy/rule", message, { file, hint, ...(line === undefined ? {} : { line }) });

export const noConfig = (file: string, cause: unknown): SmxcError =>
  new SmxcError(
    [
      error("deploy/no-config", `the configuration cannot be read: ${explain(cause as Error).meaning}`, {
        file,
        hint: "leave out --check to write it, or give --name if the model has another name there",
      }),
    ],
    "io",
  );
