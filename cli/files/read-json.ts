import { openFileSource } from "../../src/base/bytes/file-source-node.js";
import { type JsonNode, parseJson } from "../../src/base/json/parse.js";
import { sampleOf } from "../../src/files/sample.js";
import { mayBeDocument, refuseOther } from "../../src/files/wanted.js";

/** A JSON file that a flag names. @throws SmxcError `json/…` where it is no JSON text, or a file of another kind */
export async function readJson(path: string): Promise<JsonNode> {
  const source = await openFileSource(path);
  try {
    if (!mayBeDocument(await sampleOf(source))) await refuseOther(source, "json", ["text", "empty"]);
    return parseJson(await source.read(0, source.size), path);
  } finally {
    await source.close();
  }
}
