/** Memory of the values of a run, over pictures of any size. */
import type { ModelProto, ValueInfoProto } from "../../onnx/graph/records.js";
import { Arena, type Chunk } from "./arena.js";
import type { Step } from "./memory-steps.js";

export interface ValueMemory {
  /** Bytes of values that a run over so many pixels leaves in memory, the picture and its result aside. */
  bytes(pixels: number): number;
  /** The same where each value's memory is given back at once, as in WebAssembly. */
  liveBytes(pixels: number): number;
}

/** How far what is touched lies from what is alive towards the replay, which hangs on how pieces happen to fit (measured). */
const REPLAYED = 2 / 3;

/**
 * @param planned values that ONNX Runtime places before a run, see `plannedValues`
 * @param pixels of the picture that the steps are of
 */
export function valueMemory(steps: readonly Step[], planned: ReadonlySet<string>, pixels: number): ValueMemory {
  const isPlanned = new Set(steps.flatMap((step) => ("take" in step && planned.has(step.name) ? [step.take] : [])));
  const [plan, others]: [Step[], Step[]] = [[], []];
  for (const step of steps) (isPlanned.has("take" in step ? step.take : step.give) ? plan : others).push(step);
  const [alive, aliveInPlan] = [mostAlive(steps), mostAlive(plan)];
  return {
    bytes(count) {
      const least = (alive * count) / pixels;
      const most = (aliveInPlan * count) / pixels + arenaBytes(others, pixels, count);
      return least + (most - least) * REPLAYED;
    },
    liveBytes: (count) => (alive * count) / pixels,
  };
}

/**
 * Values whose sizes a run knows before it begins: numbers, and those of its inputs. ONNX Runtime plans where they lie, and
 * takes one piece of memory for all of them, which it holds until the run ends.
 */
export function plannedValues(model: ModelProto): ReadonlySet<string> {
  const dimsOf = ({ type }: ValueInfoProto) => type?.tensor_type?.shape?.dim ?? [];
  const fed = new Set(model.graph!.input.flatMap((port) => dimsOf(port).map(({ dim_param }) => dim_param)));
  const isKnown = (value: ValueInfoProto): boolean =>
    value.type?.tensor_type?.shape != null &&
    dimsOf(value).every(({ dim_value, dim_param }) => (dim_param ? fed.has(dim_param) : dim_value != null));
  return new Set(model.graph!.value_info.filter(isKnown).map(({ name = "" }) => name));
}

/**
 * What is less than a byte a pixel is no picture: it stays as it is, and lies in the first, small regions, between which
 * large ones do not fit.
 */
function arenaBytes(steps: readonly Step[], from: number, to: number): number {
  const [pictures, others] = [new Arena(), new Arena()];
  const chunks = new Map<number, readonly [Arena, Chunk]>();
  for (const step of steps) {
    if ("take" in step) {
      const isPicture = step.bytes >= from;
      const arena = isPicture ? pictures : others;
      chunks.set(step.take, [arena, arena.allocate(isPicture ? (step.bytes * to) / from : step.bytes)]);
    } else {
      const [arena, chunk] = chunks.get(step.give)!;
      arena.free(chunk);
    }
  }
  return pictures.touched + others.touched;
}

function mostAlive(steps: readonly Step[]): number {
  const bytes = new Map<number, number>();
  let [alive, most] = [0, 0];
  for (const step of steps) {
    if ("take" in step) bytes.set(step.take, step.bytes);
    alive += "take" in step ? step.bytes : -bytes.get(step.give)!;
    most = Math.max(most, alive);
  }
  return most;
}
