/** Whether a graph whose height and width were opened computes what the source does: the source takes the exported size alone. */

import type { OpenedSizes, Side } from "../../../src/frontends/onnx/sizes/open-sizes.js";
import type { ModelWithGraph } from "../../../src/onnx/graph/records.js";
import { inferModel } from "../../../src/onnx/infer/infer-model.js";
import { withOutputs } from "../../../src/onnx/rewrite/extract.js";
import { loadSchemas, type SchemaRegistry } from "../../../src/onnx/schemas/registry.js";
import { findTiling, type TilingFinding } from "../../../src/restore/graph-tiling.js";
import type { Session, Tensor } from "../../../src/sessions/session.js";
import { candidateSizes, compareRun, randomFeeds, runSource } from "../../../src/verify/against-source.js";
import { compareValues } from "../../../src/verify/compare.js";
import { cropped, type Place, placesAlong, scaledSpan, seesInner, shifted } from "../../../src/verify/crops.js";
import { type HeldValue, heldValues, withHeld } from "../../../src/verify/local-part.js";
import type { OutputResult } from "../../../src/verify/output-result.js";
import { TOLERANCES } from "../../../src/verify/tolerances.js";
import type { Context } from "../../flags/command.js";
import { sessionOf } from "./session-of.js";

/**
 * Compares the graph with dynamic sizes at the exported size, and at a larger size on crops of the exported size, up
 * to the last value whose pixels depend on no more than a crop. Values computed from the whole picture, such as the
 * mean for a gate, are fixed to those of the larger picture. Notes what was not compared.
 */
export async function compareOpenedSizes(
  context: Context,
  source: ModelWithGraph,
  opened: OpenedSizes,
): Promise<readonly OutputResult[]> {
  const [original, other] = [await sessionOf(source, "disabled"), await sessionOf(opened.model, "disabled")];
  if (original === undefined || other === undefined) {
    context.note("not compared at other heights and widths: the weights are too large for a graph in memory");
    return [];
  }
  try {
    const run = await runSource(original, candidateSizes(original.inputs)[0]!, 1);
    if (run === null) {
      context.note("not compared at the exported height and width: the source does not run there");
      return [];
    }
    if (![...run.outputs.values()].every(({ data }) => data.every(Number.isFinite))) return [];
    const exported = await compareRun(other, run, TOLERANCES);
    const crops = await onCrops(source, opened, other);
    if (typeof crops === "string") {
      context.note(`heights and widths other than the exported ones are not compared with the source: ${crops}`);
      return exported;
    }
    context.note(
      `compared with the source on crops of ${crops.crop.join("×")} pixels from a picture of ${crops.picture.join("×")}: ${crops.what}`,
    );
    return [...exported, ...crops.results];
  } finally {
    await original.release();
    await other.release();
  }
}

/** The minimum number of pixels by which the larger picture exceeds the exported size. */
const MORE: Readonly<Record<Side, number>> = { height: 6, width: 10 };

interface OnCrops {
  readonly results: readonly OutputResult[];
  readonly crop: readonly number[];
  readonly picture: readonly number[];
  readonly what: string;
}

async function onCrops(source: ModelWithGraph, opened: OpenedSizes, session: Session): Promise<OnCrops | string> {
  const { name } = session.inputs[0]!;
  const exported = exportedShape(source, name);
  if (exported.length !== 4) return "its input is not a picture with four dimensions";
  const [, channels, height, width] = exported as readonly [number, number, number, number];
  const schemas = await loadSchemas();
  const types = inferModel(source, schemas);
  const isFloat = (value: string): boolean => {
    const type = types.get(value);
    return type?.kind === "tensor" && type.elem === 1;
  };
  const held = heldValues(opened.model, opened.followed, isFloat);
  if (held === undefined)
    return "values that it computes from the whole picture are not floats, so they cannot be fixed for the comparison";
  const values = [...opened.followed].filter((value) => value !== name && isFloat(value));
  const at = (sizes: readonly number[]): ReadonlyMap<string, readonly number[]> =>
    candidateSizes(session.inputs, [1, channels, ...sizes])[0]!;
  const small = await heldIn(opened.model, held, randomFeeds(session.inputs, at([height, width]), 2));
  if (small === undefined) return "its weights are too large";
  const crop = [height, width];
  const sides = [...opened.symbols.keys()];
  const least = Math.min(...sides.map((side) => (side === "height" ? height : width)));
  const look = lookerOf(opened.model, name, small, schemas);
  const found = lastWithin(values, look, least);
  if (found === undefined) return whyNot(look(values[0] ?? name), crop);
  const { value, multiple } = found;
  const picture = (["height", "width"] as const).map((side, axis) =>
    opened.symbols.has(side) ? crop[axis]! + Math.ceil(MORE[side] / multiple) * multiple : crop[axis]!,
  );
  const feeds = randomFeeds(session.inputs, at(picture), 3);
  const large = await heldIn(opened.model, [...held, value], feeds);
  if (large === undefined) return "its weights are too large";
  const whole = large.get(value)!;
  const kept = new Map(held.map((each) => [each, large.get(each)!]));
  const part = await sessionOf(withHeld(source, value, kept), "disabled");
  if (part === undefined) return "its weights are too large";
  try {
    const results = await compareCrops(part, { name, feeds, whole, found, crop, picture });
    return { results, crop, picture, what: describe(found, held, source) };
  } finally {
    await part.release();
  }
}

interface Crops {
  /** Of the picture's input. */
  readonly name: string;
  /** With the larger picture. */
  readonly feeds: ReadonlyMap<string, Tensor>;
  /** What the opened graph makes of that. */
  readonly whole: Tensor;
  readonly found: Found;
  /** Height and width of crops, and of the larger picture. */
  readonly crop: readonly number[];
  readonly picture: readonly number[];
}

/** @param part the source up to the value that is compared, of the exported size */
async function compareCrops(
  part: Session,
  { name, feeds, whole, found: { value, reach, scale }, crop, picture }: Crops,
): Promise<readonly OutputResult[]> {
  const inWhole = ({ crop: outer, inner }: Place) => scaledSpan(shifted(inner, outer.from), scale);
  const all = feeds.get(name)!;
  const results: OutputResult[] = [];
  for (const rows of placesAlong(picture[0]!, crop[0]!, reach)) {
    for (const columns of placesAlong(picture[1]!, crop[1]!, reach)) {
      const own = cropped(all, { rows: rows.crop, columns: columns.crop });
      const inputs = new Map([...feeds, [name, own] as const].filter(([each]) => part.inputNames.includes(each)));
      const inner = { rows: scaledSpan(rows.inner, scale), columns: scaledSpan(columns.inner, scale) };
      const want = cropped((await part.run(inputs)).get(value)!, inner);
      const got = cropped(whole, { rows: inWhole(rows), columns: inWhole(columns) });
      const problem = `${name} ${all.shape.join("x")}, the crop at ${rows.crop.from},${columns.crop.from}`;
      results.push({ problem, output: value, shape: want.shape, ...compareValues(want.data, got.data, TOLERANCES) });
    }
  }
  return results;
}

function describe({ value, reach, isLast }: Found, held: readonly string[], { graph }: ModelWithGraph): string {
  const isOutput = graph.output.some(({ name }) => name === value);
  return [
    `each pixel depends on ${reach} pixels around it`,
    ...(held.length === 0 ? [] : [`with the values that ${count(held.length)} from the whole picture held fixed`]),
    ...(isLast && isOutput
      ? []
      : [`up to "${value}": values after it depend on more pixels, or smxc does not know on how many`]),
  ].join(", ");
}

function count(held: number): string {
  return held === 1 ? "one node computes" : `${held} nodes compute`;
}

interface Found {
  readonly value: string;
  readonly reach: number;
  readonly multiple: number;
  readonly scale: number;
  readonly isLast: boolean;
}

/** How far a value looks into the picture. */
function lookerOf(
  model: ModelWithGraph,
  input: string,
  held: ReadonlyMap<string, HeldValue>,
  schemas: SchemaRegistry,
): (value: string) => TilingFinding {
  const open = { samples: undefined, channels: undefined, height: undefined, width: undefined };
  return (value) => {
    const ports = { input: { ...open, name: input }, output: { ...open, name: value } };
    return findTiling(withHeld(model, value, held), ports, schemas);
  };
}

function whyNot(finding: TilingFinding, crop: readonly number[]): string {
  if (finding.kind === "tiles") return `each pixel depends on more than the ${crop.join("×")} pixels of the export`;
  const [first] = finding.obstacles;
  const where = first === undefined ? "" : `: node "${first.node}" (${first.operator}): ${first.reason}`;
  return `it is not known on how many pixels a value depends${where}`;
}

/** The last value that has pixels, in a crop of the given size, which do not depend on pixels outside of the crop. */
function lastWithin(
  values: readonly string[],
  look: (value: string) => TilingFinding,
  size: number,
): Found | undefined {
  let found: Found | undefined;
  let [from, to] = [0, values.length - 1];
  let middle = to;
  while (from <= to) {
    const value = values[middle]!;
    const seen = look(value);
    if (seen.kind === "tiles" && seesInner(size, seen.tiling.reach, seen.scale)) {
      found = { ...seen.tiling, scale: seen.scale, value, isLast: middle === values.length - 1 };
      from = middle + 1;
    } else to = middle - 1;
    middle = Math.floor((from + to) / 2);
  }
  return found;
}

/** What some values of a model are. */
async function heldIn(
  model: ModelWithGraph,
  names: readonly string[],
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor> | undefined> {
  if (names.length === 0) return new Map();
  const session = await sessionOf(withOutputs(model, names), "disabled");
  if (session === undefined) return undefined;
  try {
    const outputs = await session.run(feeds);
    return new Map(names.map((name) => [name, outputs.get(name)!]));
  } finally {
    await session.release();
  }
}

function exportedShape({ graph }: ModelWithGraph, name: string): readonly number[] {
  const dims = graph.input.find((each) => each.name === name)?.type?.tensor_type?.shape?.dim ?? [];
  return dims.map(({ dim_value }) => Number(dim_value ?? 1));
}
