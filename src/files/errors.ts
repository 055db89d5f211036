import { type Diagnostic, error, type Place, warning } from "../base/diagnostics.js";

const DAMAGED = "The file is damaged or was not written by a safetensors library; save or download it again.";

const show = (value: string): string => JSON.stringify(value.length <= 80 ? value : `${value.slice(0, 79)}…`);

export const tooShort = (file: string, size: number): Diagnostic =>
  error("safetensors/too-short", `A safetensors file has at least 8 bytes; this one has ${size}.`, {
    file,
    place: "byte 0",
    hint: DAMAGED,
  });

export const headerTooLarge = (file: string, length: bigint, limit: number): Diagnostic =>
  error(
    "safetensors/header-too-large",
    `The header's length is given as ${length} bytes; at most ${limit} are allowed.`,
    {
      file,
      place: "byte 0",
      hint: DAMAGED,
    },
  );

export const headerPastEnd = (file: string, length: bigint, size: number): Diagnostic =>
  error(
    "safetensors/header-past-end",
    `The header's length is given as ${length} bytes, but only ${size - 8} follow.`,
    {
      file,
      place: "byte 0",
      hint: "The file was cut off; download or copy it again.",
    },
  );

export const headerStart = (file: string): Diagnostic =>
  error("safetensors/header-start", 'The header does not begin with "{".', { file, place: "byte 8", hint: DAMAGED });

export const wrongKind = (what: string, expected: string, at: Place): Diagnostic =>
  error("safetensors/wrong-kind", `${what} must be ${expected}.`, { ...at, hint: DAMAGED });

export const missingField = (tensor: string, field: string, at: Place): Diagnostic =>
  error("safetensors/missing-field", `The tensor ${show(tensor)} has no "${field}".`, { ...at, hint: DAMAGED });

export const unknownField = (tensor: string, field: string, at: Place): Diagnostic =>
  warning(
    "safetensors/unknown-field",
    `The tensor ${show(tensor)} has a field ${show(field)} that safetensors does not know.`,
    {
      ...at,
      hint: "smxc passes over it.",
    },
  );

export const unknownDtype = (tensor: string, dtype: string, known: readonly string[], at: Place): Diagnostic =>
  error("safetensors/unknown-dtype", `The tensor ${show(tensor)} has the unknown element type ${show(dtype)}.`, {
    ...at,
    hint: known.includes(dtype.toUpperCase())
      ? `Element types are written in capitals: ${dtype.toUpperCase()}.`
      : `The element types are ${known.join(", ")}.`,
  });

export const notACount = (tensor: string, what: string, raw: string, at: Place): Diagnostic =>
  error(
    "safetensors/not-a-count",
    `The ${what} of the tensor ${show(tensor)} holds ${show(raw)}, which is not a plain integer from 0 to 2^53-1.`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const sizeOverflow = (tensor: string, at: Place): Diagnostic =>
  error("safetensors/size-overflow", `The shape of the tensor ${show(tensor)} has more elements than 2^53-1.`, {
    ...at,
    hint: DAMAGED,
  });

export const partialByte = (tensor: string, bits: number, at: Place): Diagnostic =>
  error(
    "safetensors/partial-byte",
    `The tensor ${show(tensor)} takes ${bits} bits, which is not a whole number of bytes.`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const reversedOffsets = (tensor: string, begin: number, end: number, at: Place): Diagnostic =>
  error(
    "safetensors/reversed-offsets",
    `The data of the tensor ${show(tensor)} begins at ${begin}, after its end at ${end}.`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const sizeMismatch = (tensor: string, needed: number, given: number, at: Place): Diagnostic =>
  error(
    "safetensors/size-mismatch",
    `The shape and type of the tensor ${show(tensor)} need ${needed} bytes; its offsets span ${given}.`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const overlap = (tensor: string, begin: number, previous: string, end: number, at: Place): Diagnostic =>
  error(
    "safetensors/overlap",
    `The data of the tensor ${show(tensor)} begins at ${begin}, before that of ${show(previous)} ends at ${end}.`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const hole = (tensor: string, begin: number, end: number, at: Place): Diagnostic =>
  error(
    "safetensors/hole",
    `The ${begin - end} bytes before the data of the tensor ${show(tensor)} belong to no tensor.`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const dataEnd = (file: string, needed: number, present: number, byte: number): Diagnostic =>
  error("safetensors/data-end", `The tensors need ${needed} bytes of data; ${present} follow the header.`, {
    file,
    place: `byte ${byte}`,
    hint:
      present < needed
        ? "The file was cut off; download or copy it again."
        : "Remove what follows the data, or save the file again.",
  });

export const reservedName = (file: string): Diagnostic =>
  error("safetensors/reserved-name", 'A tensor is named "__metadata__", which safetensors keeps for itself.', {
    file,
    place: "tensor __metadata__",
    hint: "Rename the tensor in the checkpoint.",
  });

export const noSuchPrefix = (file: string, key: string, prefixes: readonly string[]): Diagnostic =>
  error("safetensors/key-not-found", `No tensor's name begins with ${show(key)} and a dot.`, {
    file,
    place: key,
    hint:
      prefixes.length === 0
        ? "The names have no dots: leave out --key."
        : `They begin with ${prefixes.slice(0, 8).map(show).join(", ")}${prefixes.length > 8 ? ", …" : ""}.`,
  });

export const outOfMemory = (file: string, tensor: string): Diagnostic =>
  error("weights/out-of-memory", `The tensor ${show(tensor)} does not fit into memory.`, {
    file,
    place: `tensor ${tensor}`,
    hint: "Free memory, or make sure that this is the network you mean.",
  });

export const float32Overflow = (tensor: string, index: number, value: number, file: string): Diagnostic =>
  error(
    "weights/float32-overflow",
    `Element ${index} of the tensor ${show(tensor)} is ${value}, too large for float32.`,
    {
      file,
      place: `tensor ${tensor}`,
      hint: "smxc stores weights as float32; rescale this tensor.",
    },
  );
