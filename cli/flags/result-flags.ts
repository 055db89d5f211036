/** The flags that say what is written of a picture. */
import { FORMAT_ENDINGS } from "../pictures/endings.js";
import { choice, grouped, option } from "./command.js";
import { pictureEnding } from "./values.js";

export const formatFlag = option(
  "--format <ending>",
  `format and ending of the results in a folder, or of a file without one: ${FORMAT_ENDINGS.join(", ")} (default: png)`,
  pictureEnding,
);

export const alphaFlag = grouped(
  "Pictures:",
  choice(
    "--alpha <mode>",
    "opacity is resized bicubically, restored by the network apart from the colours, or dropped",
    ["resize", "restore", "drop"],
    "resize",
  ),
);
