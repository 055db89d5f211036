// Makes the documents and weights of models/ out of the checkpoints of fixtures/models. Part of the build: they are in the
// package, which people open networks from by name, and not in the repository, which has the checkpoints.
import { readFileSync, writeFileSync } from "node:fs";
import { formatDocument } from "../dist/cli-modules/commands/import/format-document.js";
import { importCheckpoint } from "../dist/src/index.js";
import { NETWORKS } from "../models/index.js";

for (const { name, task, scale, document: documentFile, weights: weightsFile } of NETWORKS) {
  const at = (file) => readFileSync(new URL(`../fixtures/models/${name}/${file}`, import.meta.url));
  const { document, weights } = await importCheckpoint(new Uint8Array(at("checkpoint.pt")), {
    name,
    config: new Map(Object.entries(JSON.parse(at("info.json")))),
    weightsFile: weightsFile.pathname.split("/").at(-1),
  });
  if (document.image.scale !== scale) throw new Error(`models/index.js gives ${name} another scale than its tensors`);
  writeFileSync(weightsFile, weights);
  writeFileSync(documentFile, formatDocument({ ...document, image: { ...document.image, task } }));
}
