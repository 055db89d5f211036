/** What moves between a canvas and the layout of pictures, for a choice of the convolutions that run on the canvas. */
import type { Shape } from "../../ir/dim.js";
import type { Graph } from "../../ir/graph.js";
import { definition } from "../../ir/infer.js";
import { sizeOf } from "../../ir/typical-size.js";
import type { FusedTail } from "./fusion.js";
import { mapsOf, runsOnCanvas } from "./on-canvas.js";

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
    const asPicture = new Set([...graph.inputs.map(({ name }) => name), ...graph.constants.keys()]);
    const covered = new Set<string>();
    const moved = new Set<string>();
    // What has moved once is at hand in both layouts.
    const read = (value: string, places: Set<string>): void => {
      if (!places.has(value)) moved.add(value);
      places.add(value);
    };
    for (const node of graph.nodes) {
      if (covered.has(node.name)) continue;
      const tail = inWinograd.has(node.name) ? tails.get(node.name) : undefined;
      if (tail) {
        read(node.inputs[0]!, onCanvas);
        if (tail.residual !== undefined) read(tail.residual, onCanvas);
        for (const name of tail.covered) covered.add(name);
        onCanvas.add(tail.covered.at(-1) ?? node.name);
      } else if (follows.has(node.name) && mapsOf(node, shapes).every((input) => onCanvas.has(input))) {
        onCanvas.add(node.name);
      } else {
        if (!definition(node).readsMean) for (const input of node.inputs) read(input, asPicture);
        asPicture.add(node.name);
      }
    }
    for (const { value } of graph.outputs) read(value, asPicture);
    return [...moved].reduce((sum, value) => sum + elementsOf(shapes.get(value)!), 0);
  };
}

function elementsOf(shape: Shape): number {
  return shape.reduce<number>((product, dim) => product * sizeOf(dim), 1);
}
