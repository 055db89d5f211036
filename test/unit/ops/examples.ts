/** What every operator computes, worked out by hand on inputs of a few numbers. */
import type { OpName } from "../../../src/ir/ops/index.js";
import type { Examples } from "./example.js";
import { ACTIVATIONS } from "./examples/activations.js";
import { CHANNELS } from "./examples/channels.js";
import { CONVOLUTIONS } from "./examples/convolutions.js";
import { PLACES } from "./examples/places.js";
import { ROUTERS } from "./examples/routers.js";
import { SURROUNDINGS } from "./examples/surroundings.js";

export const EXAMPLES: Examples<OpName> = {
  ...ACTIVATIONS,
  ...CHANNELS,
  ...CONVOLUTIONS,
  ...PLACES,
  ...SURROUNDINGS,
  ...ROUTERS,
};
