/** The flags that say what is written of a picture. */
import { FORMAT_ENDINGS } from "../pictures/endings.js";
import { choice, grouped, option } from "./command.js";
import { pictureEnding } from "./values.js";

export const formatFlag = option(
  "--format <ending>",
  `format of results in a folder, or of an output file without an ending: ${FORMAT_ENDINGS.join(", ")} (default: png)`,
  pictureEnding,
);

export const alphaFlag = grouped(
  "Pictures:",
  choice(
    "--alpha <mode>",
    "what happens to opacity: it is resized bicubically, restored by the network like a grey picture, or dropped",
    ["resize", "restore", "drop"],
    "resize",
  ),
);
