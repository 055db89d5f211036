import { type Diagnostic, error, type Place, warning } from "../base/diagnostics.js";

const DAMAGED = "save or download the file again; it is damaged, or was not written by a safetensors library";

const show = (value: string): string => JSON.stringify(value.length <= 80 ? value : `${value.slice(0, 79)}…`);

export const tooShort = (file: string, size: number): Diagnostic =>
  error("safetensors/too-short", `a safetensors file has at least 8 bytes; this one has ${size}`, {
    file,
    place: "byte 0",
    hint: DAMAGED,
  });

export const headerTooLarge = (file: string, length: bigint, limit: number): Diagnostic =>
  error(
    "safetensors/header-too-large",
    `the file says that its header has ${length} bytes; at most ${limit} are allowed`,
    {
      file,
      place: "byte 0",
      hint: DAMAGED,
    },
  );

export const headerPastEnd = (file: string, length: bigint, size: number): Diagnostic =>
  error(
    "safetensors/header-past-end",
    `the file says that its header has ${length} bytes, but only ${size - 8} follow`,
    {
      file,
      place: "byte 0",
      hint: "download or copy the file again; it was cut off",
    },
  );

export const headerStart = (file: string): Diagnostic =>
  error("safetensors/header-start", 'the header does not begin with "{"', { file, place: "byte 8", hint: DAMAGED });

export const wrongKind = (what: string, expected: string, at: Place): Diagnostic =>
  error("safetensors/wrong-kind", `${what} must be ${expected}`, { ...at, hint: DAMAGED });

export const missingField = (tensor: string, field: string, at: Place): Diagnostic =>
  error("safetensors/missing-field", `the tensor ${show(tensor)} has no "${field}"`, { ...at, hint: DAMAGED });

export const unknownField = (tensor: string, field: string, at: Place): Diagnostic =>
  warning(
    "safetensors/unknown-field",
    `the tensor ${show(tensor)} has a field ${show(field)} that safetensors does not know`,
    {
      ...at,
      hint: "ignore this if you do not need the field; smxc does not read it",
    },
  );

export const unknownDtype = (tensor: string, dtype: string, known: readonly string[], at: Place): Diagnostic =>
  error("safetensors/unknown-dtype", `the tensor ${show(tensor)} has the unknown element type ${show(dtype)}`, {
    ...at,
    hint: known.includes(dtype.toUpperCase())
      ? `write the element type in capitals: ${dtype.toUpperCase()}`
      : `use one of the element types ${known.join(", ")}`,
  });

export const notACount = (tensor: string, what: string, raw: string, at: Place): Diagnostic =>
  error(
    "safetensors/not-a-count",
    `the ${what} of the tensor ${show(tensor)} holds ${show(raw)}, which is not a plain integer from 0 to 2^53-1`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const sizeOverflow = (tensor: string, at: Place): Diagnostic =>
  error("safetensors/size-overflow", `the shape of the tensor ${show(tensor)} has more elements than 2^53-1`, {
    ...at,
    hint: DAMAGED,
  });

export const partialByte = (tensor: string, bits: number, at: Place): Diagnostic =>
  error(
    "safetensors/partial-byte",
    `the tensor ${show(tensor)} takes ${bits} bits, which is not a whole number of bytes`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const reversedOffsets = (tensor: string, begin: number, end: number, at: Place): Diagnostic =>
  error(
    "safetensors/reversed-offsets",
    `the data of the tensor ${show(tensor)} begins at ${begin}, after its end at ${end}`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const sizeMismatch = (tensor: string, needed: number, given: number, at: Place): Diagnostic =>
  error(
    "safetensors/size-mismatch",
    `the shape and type of the tensor ${show(tensor)} need ${needed} bytes; its offsets span ${given}`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const overlap = (tensor: string, begin: number, previous: string, end: number, at: Place): Diagnostic =>
  error(
    "safetensors/overlap",
    `the data of the tensor ${show(tensor)} begins at ${begin}, before that of ${show(previous)} ends at ${end}`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const hole = (tensor: string, begin: number, end: number, at: Place): Diagnostic =>
  error(
    "safetensors/hole",
    `the ${begin - end} bytes before the data of the tensor ${show(tensor)} belong to no tensor`,
    {
      ...at,
      hint: DAMAGED,
    },
  );

export const dataEnd = (file: string, needed: number, present: number, byte: number): Diagnostic =>
  error("safetensors/data-end", `the tensors need ${needed} bytes of data; ${present} follow the header`, {
    file,
    place: `byte ${byte}`,
    hint:
      present < needed
        ? "download or copy the file again; it was cut off"
        : "remove what follows the data, or save the file again",
  });

export const reservedName = (file: string): Diagnostic =>
  error("safetensors/reserved-name", 'a tensor is named "__metadata__", a name that safetensors reserves', {
    file,
    place: "tensor __metadata__",
    hint: "rename the tensor in the checkpoint",
  });

export const noSuchPrefix = (file: string, key: string, prefixes: readonly string[]): Diagnostic =>
  error("safetensors/key-not-found", `no tensor's name begins with ${show(key)} and a dot`, {
    file,
    place: key,
    hint:
      prefixes.length === 0
        ? "leave out --key; no name has a dot"
        : `give one of the prefixes ${prefixes.slice(0, 8).map(show).join(", ")}${prefixes.length > 8 ? ", …" : ""}`,
  });

export const outOfMemory = (file: string, tensor: string): Diagnostic =>
  error("weights/out-of-memory", `the tensor ${show(tensor)} does not fit into memory`, {
    file,
    place: `tensor ${tensor}`,
    hint: "free some memory, or check that this is the network you mean",
  });

export const float32Overflow = (tensor: string, index: number, value: number, file: string): Diagnostic =>
  error(
    "weights/float32-overflow",
    `element ${index} of the tensor ${show(tensor)} is ${value}, too large for float32`,
    {
      file,
      place: `tensor ${tensor}`,
      hint: "rescale this tensor; smxc stores weights as float32",
    },
  );
