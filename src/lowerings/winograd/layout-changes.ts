/** What moves between a canvas and the layout of pictures, for a choice of the convolutions that run on the canvas. */
import type { Shape } from "../../ir/dim.js";
import type { Graph } from "../../ir/graph.js";
import { definition } from "../../ir/infer.js";
import { sizeOf } from "./cost.js";
import type { FusedTail } from "./fusion.js";
import { runsOnCanvas } from "./on-canvas.js";

/**
 * @param tails of every convolution that may run on a canvas
 * @returns for the names of those that do: elements of the values that are needed in another layout than they are made in
 */
export function layoutChanges(
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
  tails: ReadonlyMap<string, FusedTail>,
): (inWinograd: ReadonlySet<string>) => number {
  const follows = new Set(graph.nodes.filter((node) => runsOnCanvas(node, shapes)).map(({ name }) => name));
  return (inWinograd) => {
    const onCanvas = new Set<string>();
    const covered = new Set<string>();
    const moved = new Set<string>();
    const readAsPicture = (value: string): void => {
      if (onCanvas.has(value)) moved.add(value);
    };
    for (const node of graph.nodes) {
      if (covered.has(node.name)) continue;
      const tail = inWinograd.has(node.name) ? tails.get(node.name) : undefined;
      if (tail) {
        for (const value of [node.inputs[0]!, tail.residual]) {
          if (value !== undefined && !onCanvas.has(value)) moved.add(value);
        }
        for (const name of tail.covered) covered.add(name);
        onCanvas.add(tail.covered.at(-1) ?? node.name);
      } else if (follows.has(node.name) && node.inputs.every((input) => onCanvas.has(input))) {
        onCanvas.add(node.name);
      } else if (!definition(node).readsMean) {
        node.inputs.forEach(readAsPicture);
      }
    }
    for (const { value } of graph.outputs) readAsPicture(value);
    return [...moved].reduce((sum, value) => sum + elementsOf(shapes.get(value)!), 0);
  };
}

function elementsOf(shape: Shape): number {
  return shape.reduce<number>((product, dim) => product * sizeOf(dim), 1);
}
