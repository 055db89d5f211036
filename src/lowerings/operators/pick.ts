import type { Dim } from "../../ir/dim.js";
import { pickedPlaces } from "../../ir/ops/pick.js";
import type { OperatorEmitter } from "../site.js";

export const pick: OperatorEmitter<"pick"> = (attributes, site) => {
  const { e, name, shape } = site;
  const from = site.inputShapes[0]!;
  const batch = from[0] as Dim;
  const held = from.slice(1).reduce((product: number, size) => product * (size as number), 1);
  const flat = e.reshape(`${name}/flat`, site.read(0), from, [batch, held]);
  const places = pickedPlaces(attributes);
  const gathered = e.op("Gather", `${name}/places`, [flat, e.ints(places)], [batch, places.length], { axis: 1 });
  site.result("Reshape", [gathered, e.reshapeTarget(name, gathered, [batch, places.length], shape)]);
};
