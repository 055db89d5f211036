import type { ByteSource } from "../../base/bytes/byte-source.js";
import type { ModelDocument } from "../document/document.js";

/** Larger files are states of trainings, of which the network is a part; the rest is not read for a checksum's sake. */
const MOST_HASHED = 2 ** 29;

/** What a document says of the checkpoint that it was imported from. */
export async function originOf(arch: string, source: ByteSource): Promise<NonNullable<ModelDocument["source"]>> {
  return source.size > MOST_HASHED ? { arch } : { arch, sha256: await source.sha256() };
}
