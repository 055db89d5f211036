/** What moves between a canvas and the layout of pictures, for a choice of the convolutions that run on the canvas. */
import type { Shape } from "../../ir/dim.js";
import type { Graph } from "../../ir/graph.js";
import { definition } from "../../ir/infer.js";
import { sizeOf } from "../../ir/typical-size.js";
import type { FusedTail } from "./fusion.js";
import { mapsOf, runsOnCanvas } from "./on-canvas.js";

/** A node as it is looked at for each choice; values are numbered, so that thousands of choices take no time. */
interface Step {
  readonly name: string;
  readonly result: number;
  /** What it reads in the layout of pictures. */
  readonly asPicture: readonly number[];
  /** The feature maps that are to be on the canvas for it to run there as it is; absent where it cannot. */
  readonly maps?: readonly number[];
  /** What it is as a convolution on the canvas; absent where it cannot be one. */
  readonly convolution?: {
    readonly reads: readonly number[];
    readonly covered: readonly number[];
    readonly gives: number;
  };
}

/**
 * @param tails of every convolution that may run on a canvas
 * @returns for the names of those that do: elements of the values that are needed in another layout than they are made in
 */
export function layoutChanges(
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
  tails: ReadonlyMap<string, FusedTail>,
): (inWinograd: ReadonlySet<string>) => number {
  const values = [...graph.inputs.map(({ name }) => name), ...graph.constants.keys()];
  const given = values.length;
  values.push(...graph.nodes.map(({ name }) => name));
  const numbers = new Map(values.map((name, index) => [name, index]));
  const numbersOf = (names: readonly string[]): readonly number[] => names.map((name) => numbers.get(name)!);
  const elements = values.map((name) => elementsOf(shapes.get(name)!));
  const outputs = numbersOf(graph.outputs.map(({ value }) => value));
  const steps = graph.nodes.map((node): Step => {
    const { name } = node;
    const tail = tails.get(name);
    return {
      name,
      result: numbers.get(name)!,
      asPicture: definition(node).readsMean ? [] : numbersOf(node.inputs),
      ...(runsOnCanvas(node, shapes) ? { maps: numbersOf(mapsOf(node, shapes)) } : {}),
      ...(tail ? { convolution: convolutionOf(node.inputs[0]!, tail, name, numbersOf) } : {}),
    };
  });
  return (inWinograd) => {
    const onCanvas = new Uint8Array(values.length);
    const asPicture = new Uint8Array(values.length).fill(1, 0, given);
    const covered = new Uint8Array(values.length);
    const moved = new Uint8Array(values.length);
    let sum = 0;
    // What has moved once is at hand in both layouts.
    const read = (value: number, places: Uint8Array): void => {
      if (places[value] === 0 && moved[value] === 0) {
        moved[value] = 1;
        sum += elements[value]!;
      }
      places[value] = 1;
    };
    for (const step of steps) {
      if (covered[step.result] === 1) continue;
      const convolution = step.convolution && inWinograd.has(step.name) ? step.convolution : undefined;
      if (convolution) {
        for (const value of convolution.reads) read(value, onCanvas);
        for (const node of convolution.covered) covered[node] = 1;
        onCanvas[convolution.gives] = 1;
      } else if (step.maps?.every((map) => onCanvas[map] === 1)) {
        onCanvas[step.result] = 1;
      } else {
        for (const value of step.asPicture) read(value, asPicture);
        asPicture[step.result] = 1;
      }
    }
    for (const value of outputs) read(value, asPicture);
    return sum;
  };
}

function convolutionOf(
  input: string,
  { residuals, covered }: FusedTail,
  name: string,
  numbersOf: (names: readonly string[]) => readonly number[],
): NonNullable<Step["convolution"]> {
  const [gives] = numbersOf([covered.at(-1) ?? name]);
  return {
    reads: numbersOf([input, ...residuals]),
    covered: numbersOf(covered),
    gives: gives!,
  };
}

function elementsOf(shape: Shape): number {
  return shape.reduce<number>((product, dim) => product * sizeOf(dim), 1);
}
