/** What a step of smxc wants a file to be, and what is said of one that is something else. */

import type { ByteSource } from "../base/bytes/byte-source.js";
import { type Diagnostic, error, SmxcError } from "../base/diagnostics.js";
import type { Family, FileKind } from "./file-kinds.js";
import { FORMATS_TEXT } from "./image-format.js";
import { type Sample, sampleOf } from "./sample.js";
import { whatIsThis } from "./what-is-this.js";

export type Wanted = "checkpoint" | "document" | "graph" | "network" | "picture" | "json";

interface WantedFile {
  readonly what: string;
  /** What of it is read, where that takes more words. */
  readonly formats?: string;
  readonly code: string;
  /** Of an empty file, where that has a code of its own. */
  readonly emptyCode?: string;
}

const WANTED: Readonly<Record<Wanted, WantedFile>> = {
  checkpoint: {
    what: "a checkpoint",
    formats: "safetensors, or PyTorch's .pt and .pth in the zip format or the older one",
    code: "weights/unknown-format",
    emptyCode: "weights/empty-file",
  },
  document: {
    what: "a model document",
    formats: "smxc import writes one, for example model.json",
    code: "document/unknown-format",
  },
  graph: { what: "an ONNX graph", code: "onnx/unknown-format" },
  network: {
    what: "a network",
    formats: "a model document, .json, or an ONNX graph, .onnx",
    code: "onnx/unknown-format",
  },
  json: { what: "a JSON document", code: "json/unknown-format" },
  picture: {
    what: "a picture that smxc can read",
    formats: "PNG, JPEG, WebP, TIFF, GIF or AVIF",
    code: "image/unknown-format",
  },
};

type Remedy = (file: string) => string;

const importFirst: Remedy = (file) => `make a model document from it first: smxc import ${file} -o model.json`;
const restore: Remedy = (file) => `to restore it: smxc run <model> ${file} -o out.png`;
const modelFirst: Remedy = (file) => `give the model before the picture: smxc run ${file} <picture> -o out.png`;
const exportToOnnx: Remedy = () => "export the network to ONNX with the tools that it comes from; smxc reads ONNX";
const saveTensors: Remedy = () =>
  "save the network's tensors as .safetensors, or with torch.save(model.state_dict(), path)";
const whatIsWanted =
  (wanted: Wanted): Remedy =>
  () =>
    REMEDIES_OF_WANTED[wanted];

const REMEDIES_OF_WANTED: Readonly<Record<Wanted, string>> = {
  checkpoint: "name the checkpoint: a .pt, .pth or .safetensors file",
  document: "name the model.json that smxc import wrote",
  graph: "name the .onnx file that a compile or an export wrote",
  network: "name the model.json that smxc import wrote, or an .onnx file",
  json: "name a text file that holds a JSON object",
  picture: `name a ${FORMATS_TEXT} file`,
};

/** What to do, by what the file is and what was wanted; "else" stands for all that a row does not name. */
const REMEDIES: Readonly<Partial<Record<Family, Readonly<Partial<Record<Wanted | "else", Remedy>>>>>> = {
  page: {
    else: () =>
      "open the address in a browser and save the file itself; the download gave a web page, perhaps an error or a login",
  },
  archive: { else: () => "unpack it and name the file inside" },
  checkpoint: {
    picture: () => "give the model before the picture, and make it from the checkpoint with smxc import",
    else: importFirst,
  },
  graph: {
    checkpoint: () =>
      "name the checkpoint from which the graph was exported; smxc import reads weights only from checkpoints",
    document: (file) =>
      `use compile, run, inspect, check or diff, which read ONNX files directly: smxc inspect ${file}`,
    picture: modelFirst,
  },
  data: { else: () => "name the .onnx file beside it; only that file says where each weight is" },
  json: {
    checkpoint: () => "name the checkpoint, not a document about it",
    graph: (file) => `if it is a model document, compile it first: smxc compile ${file} -o model.onnx`,
    picture: modelFirst,
  },
  picture: { else: restore },
  "other-picture": { picture: () => "convert the picture to PNG", else: restore },
  network: { checkpoint: saveTensors, picture: whatIsWanted("picture"), else: exportToOnnx },
  array: { checkpoint: saveTensors },
  other: { checkpoint: saveTensors },
  resource: { else: (file) => `name the file itself: ${file.replace(/(^|[/\\])\._/, "$1")}` },
};

/** A file that is not what a step wants: what it is, and what to do. */
export function notWanted(file: string, kind: FileKind | undefined, wanted: Wanted): Diagnostic {
  const { what, formats, code, emptyCode = code } = WANTED[wanted];
  const rest = formats === undefined ? "" : ` (${formats})`;
  if (kind === undefined) {
    return error(code, `${file} has an unknown format; it is not ${what}${rest}`, {
      file,
      place: "byte 0",
      hint: "download or save it again if it should be one; then it is damaged",
    });
  }
  const row = REMEDIES[kind.family];
  const remedy = row?.[wanted] ?? row?.else ?? whatIsWanted(wanted);
  const hint = kind.remedy ?? remedy(word(file));
  if (kind.id === "empty") return error(emptyCode, `${file} is empty`, { file, hint });
  return error(code, `${file} is ${kind.what}, not ${what}${rest}`, { file, place: "byte 0", hint });
}

/** Kinds that a document, or a graph, may look like, also a damaged one: what is wrong with it its reader says. */
export const DOCUMENT_KINDS: readonly string[] = ["json"];
export const GRAPH_KINDS: readonly string[] = ["onnx", "safetensors-header"];

/** Text that is called a document is read as one, be it JSON or not, so that its mistake is shown. */
export function mayBeDocument(sample: Sample): boolean {
  const kind = whatIsThis(sample)?.id;
  if (kind === "json") return true;
  return /\.json$/i.test(sample.name) && (kind === undefined || kind === "text" || kind === "empty");
}

/** What is to be said of a file that is known to be something else than of these kinds. */
export function otherThan(sample: Sample, wanted: Wanted, kinds: readonly string[]): Diagnostic | undefined {
  const kind = whatIsThis(sample);
  return kind === undefined || kinds.includes(kind.id) ? undefined : notWanted(sample.name, kind, wanted);
}

/** @throws SmxcError where the file is known to be something else than of these kinds */
export async function refuseOther(source: ByteSource, wanted: Wanted, kinds: readonly string[]): Promise<void> {
  const found = otherThan(await sampleOf(source), wanted, kinds);
  if (found !== undefined) throw new SmxcError([found]);
}

/** @throws SmxcError `document/unknown-format` where the file is no text that may be a document */
export function refuseNoDocument(sample: Sample): void {
  const kind = whatIsThis(sample);
  if (!mayBeDocument(sample) && kind !== undefined && kind.id !== "empty")
    throw new SmxcError([notWanted(sample.name, kind, "document")]);
}

/** A file's name as a shell takes it for one word. */
function word(file: string): string {
  return /^[\w./\\:@%+=~-]+$/.test(file) && !file.startsWith("-") ? file : `'${file.replaceAll("'", `'\\''`)}'`;
}
