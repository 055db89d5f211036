/** What can be wrong with a model that is to be deployed. */
import { explain } from "../../../src/base/bytes/file-errors.js";
import { type Diagnostic, error, SmxcError, warning } from "../../../src/base/diagnostics.js";

export const noSuchServer = (given: string): SmxcError =>
  new SmxcError(
    [
      error("usage/no-such-server", `smxc writes no model for the server "${given}"`, {
        hint: "it knows triton: smxc deploy triton model.onnx -o repository",
      }),
    ],
    "usage",
  );

export const wrongName = (given: string): SmxcError =>
  new SmxcError(
    [
      error(
        "usage/model-name",
        `a model cannot be called "${given}", which is a folder of the repository and a part of addresses`,
        {
          hint: "give --name with letters, digits, and . _ - between them",
        },
      ),
    ],
    "usage",
  );

export const noTensor = (file: string, place: string, is: string): Diagnostic =>
  error("deploy/no-tensor", `"${place}" is ${is}: Triton takes and gives tensors`, {
    file,
    place,
    hint: "export the network with tensors as its inputs and outputs",
  });

export const unknownType = (file: string, place: string, type: string): Diagnostic =>
  error("deploy/element-type", `"${place}" holds elements of ${type}, for which Triton has no type`, {
    file,
    place,
    hint: "cast it in the graph, to FLOAT or FLOAT16 for instance",
  });

export const unknownRank = (file: string, place: string): Diagnostic =>
  error("deploy/unknown-rank", `the number of dimensions of "${place}" is not known, and Triton needs it`, {
    file,
    place,
    hint: "export the network with the shape declared; smxc check --full tells more",
  });

export const noDimension = (file: string, place: string): Diagnostic =>
  error("deploy/no-dimension", `"${place}" is a scalar, and Triton wants at least one dimension`, {
    file,
    place,
    hint: "give it a dimension of 1 in the graph",
  });

const BATCH_HINT =
  "smxc compile model.onnx -o open.onnx --batch dynamic opens a batch; or leave --max-batch out, and nothing is joined";

export const fixedBatch = (file: string, place: string, reason: string): Diagnostic =>
  error("deploy/fixed-batch", `requests cannot be joined: ${reason}`, { file, place, hint: BATCH_HINT });

export const notJoined = (file: string, place: string, reason: string): Diagnostic =>
  warning("deploy/not-joined", `max_batch_size is 0, since requests cannot be joined: ${reason}`, {
    file,
    place,
    hint: "smxc compile model.onnx -o open.onnx --batch dynamic opens a batch",
  });

export const newerRuntime = (file: string, needs: string, has: string): Diagnostic =>
  warning(
    "deploy/newer-runtime",
    `the graph has ${needs}, of which it is not known that Triton's ONNX Runtime ${has} opens it`,
    {
      file,
      hint: "compile the network for an older opset, smxc compile … --opset 21, or see which release the server has",
    },
  );

export const otherTarget = (file: string, target: string, kind: string): Diagnostic =>
  warning(
    "deploy/other-target",
    `the graph was compiled for ${target}, and the server is to run it on a ${kind.toUpperCase()}`,
    {
      file,
      hint: `compile it with --target ${kind === "gpu" ? "cuda" : "cpu"}, which is faster there; or give --kind`,
    },
  );

/** A configuration that does not follow Triton's schema. */
export const notOfSchema = (file: string, rule: string, line: number | undefined): Diagnostic =>
  error("deploy/config", `the configuration breaks Triton's schema: ${rule}`, {
    file,
    ...(line === undefined ? {} : { line }),
    hint: "smxc knows the names and types of schemas/triton/model_config.proto; protoc checks by NVIDIA's own schema, which has more",
  });

export const otherThanGraph = (file: string, place: string, said: string, is: string, line?: number): Diagnostic =>
  error("deploy/other-than-graph", `the configuration says ${said} of "${place}", where the graph has ${is}`, {
    file,
    place,
    ...(line === undefined ? {} : { line }),
  });

/** A rule of Triton's that no schema tells. */
export const breaksRule = (file: string, message: string, hint: string, line: number | undefined): Diagnostic =>
  error("deploy/rule", message, { file, hint, ...(line === undefined ? {} : { line }) });

export const noConfig = (file: string, cause: unknown): SmxcError =>
  new SmxcError(
    [
      error("deploy/no-config", `the configuration cannot be read: ${explain(cause as Error).meaning}`, {
        file,
        hint: "leave --check out, and it is written; or give --name, if the model has another name there",
      }),
    ],
    "io",
  );
