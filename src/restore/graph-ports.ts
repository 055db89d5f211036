/** Where pictures go into a graph that says nothing of them, and where they come out. */
import { type Diagnostic, SmxcError } from "../base/diagnostics.js";
import { elementCode } from "../onnx/graph/element-types.js";
import type { ModelProto, ValueInfoProto } from "../onnx/graph/records.js";
import { type Dim, isTensor, showType, typeInfo } from "../onnx/infer/type-info.js";
import * as errors from "./errors.js";

/** A graph's input or output of one picture, [N,C,H,W]; what is open is undefined. */
export interface PicturePort {
  readonly name: string;
  readonly samples: number | undefined;
  readonly channels: number | undefined;
  readonly height: number | undefined;
  readonly width: number | undefined;
}

export interface PicturePorts {
  readonly input: PicturePort;
  /** The graph's first output. */
  readonly output: PicturePort;
}

const FLOATS: ReadonlySet<number> = new Set([elementCode("FLOAT"), elementCode("FLOAT16")]);

/** @throws SmxcError `run/no-picture` naming each input and output that is none, and what it is */
export function picturePorts(model: ModelProto, file: string): PicturePorts {
  const found: Diagnostic[] = [];
  const read = reader(model, file, found);
  const ports = { input: read.input(), output: read.output() };
  const [taken, given] = [ports.input.channels, ports.output.channels];
  if (found.length === 0 && taken !== undefined && given !== undefined && taken !== given)
    found.push(errors.otherChannels(file, taken, given));
  if (found.length > 0) throw new SmxcError(found);
  return ports;
}

/**
 * Where pictures go into a graph whose results may be anything, such as scores of classes.
 *
 * @throws SmxcError `run/no-picture`, `run/other-inputs`
 */
export function pictureInput(model: ModelProto, file: string): PicturePort {
  const found: Diagnostic[] = [];
  const input = reader(model, file, found).input();
  if (found.length > 0) throw new SmxcError(found);
  return input;
}

/** @param found receives what is no picture */
function reader(
  { graph }: ModelProto,
  file: string,
  found: Diagnostic[],
): { input(): PicturePort; output(): PicturePort } {
  const stored = new Set(graph?.initializer.map(({ name }) => name));
  const [input, ...others] = (graph?.input ?? []).filter(({ name }) => !stored.has(name));
  const output = graph?.output[0];
  if (input === undefined || output === undefined) throw new SmxcError([errors.nothingToRun(file)]);
  const portOf = (value: ValueInfoProto, what: "input" | "output"): PicturePort => {
    const { name = "" } = value;
    const port = asPicture(value);
    if (port !== undefined) return { name, ...port };
    found.push(errors.noPicture(file, what, name, showType(typeInfo(value.type))));
    return { name, ...OPEN };
  };
  const names = others.map(({ name = "" }) => name);
  return {
    input() {
      const port = portOf(input, "input");
      if (names.length > 0) found.push(errors.otherInputs(file, port.name, names));
      return port;
    },
    output: () => portOf(output, "output"),
  };
}

const OPEN = { samples: undefined, channels: undefined, height: undefined, width: undefined } as const;

/** Undefined for what can be no picture; of a value without a shape all is open. */
function asPicture({ type }: ValueInfoProto): Omit<PicturePort, "name"> | undefined {
  const info = typeInfo(type);
  if (!isTensor(info) || !FLOATS.has(info.elem)) return undefined;
  if (info.shape === null) return OPEN;
  if (info.shape.length !== 4) return undefined;
  const [samples, channels, height, width] = info.shape.map(sizeOf);
  return channels === undefined || channels === 1 || channels === 3 ? { samples, channels, height, width } : undefined;
}

/** Older converters write open sizes as -1 or 0. */
function sizeOf(dim: Dim): number | undefined {
  return typeof dim === "number" && dim >= 1 ? dim : undefined;
}
