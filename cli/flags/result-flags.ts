/** The flags that say what is written of a picture. */
import type { AlphaMode } from "../../src/restore/restore.js";
import { FORMAT_ENDINGS } from "../pictures/endings.js";
import { choice, grouped, option } from "./command.js";
import { pictureEnding } from "./values.js";

export const formatFlag = option(
  "--format <ending>",
  `format of results in a folder, or of an output file without an ending: ${FORMAT_ENDINGS.join(", ")} (default: png)`,
  pictureEnding,
);

/** What `--alpha` takes. */
export const ALPHA_MODES: readonly AlphaMode[] = ["resize", "restore", "drop"];

export const alphaFlag = grouped(
  "Pictures:",
  choice(
    "--alpha <mode>",
    "what happens to opacity: it is resized bicubically, restored by the network like a grey picture, or dropped",
    ALPHA_MODES,
    "resize",
  ),
);
