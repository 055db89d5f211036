/** Kinds of files that people give to smxc, recognised by their content, and by their name where the content shows nothing. */
import { READ_FORMATS, type ReadFormat } from "./image-format.js";
import { all, any, bytesAt, isNamed, isText, isZip, looksLike, type Probe, startsWith, zipWith } from "./probes.js";

/** What is to be done about kinds alike. */
export type Family =
  | "nothing"
  | "pointer"
  | "page"
  | "archive"
  | "checkpoint"
  | "pickle"
  | "script"
  | "graph"
  | "data"
  | "json"
  | "picture"
  | "other-picture"
  | "network"
  | "array"
  | "runtime"
  | "resource"
  | "other";

export interface FileKind {
  readonly id: string;
  /** As in "the file is …". */
  readonly what: string;
  readonly family: Family;
  readonly is: Probe;
  /** What to do, where the family's remedy says too little. */
  readonly remedy?: string;
}

const kind = (id: string, family: Family, what: string, is: Probe, remedy?: string): FileKind => ({
  id,
  family,
  what,
  is,
  ...(remedy === undefined ? {} : { remedy }),
});

const picture = ({ name, magics }: ReadFormat): FileKind =>
  kind(name, "picture", PICTURE_NAMES[name], ({ start }) =>
    magics.some((magic) => magic.every((byte, at) => byte === null || byte === start[at])),
  );

const PICTURE_NAMES: Readonly<Record<ReadFormat["name"], string>> = {
  png: "a PNG picture",
  jpeg: "a JPEG picture",
  webp: "a WebP picture",
  tiff: "a TIFF picture",
  gif: "a GIF picture",
  avif: "an AVIF picture",
};

/** The container of HEIC and MP4 files names its kind at byte 8. */
const isoFile = (...brands: readonly string[]): Probe => any(...brands.map((brand) => bytesAt(4, `ftyp${brand}`)));

/** The length of a safetensors file's header is below 2^32, as its 8 bytes say. */
const hasShortHeader: Probe = ({ start }) => start.length >= 8 && start.subarray(4, 8).every((byte) => byte === 0);
const opensHeader = bytesAt(8, "{");
/** The first 8 bytes are a number and no text. */
const beginsAsNumber: Probe = ({ start }) => start.subarray(0, 8).some((byte) => byte < 0x09 || byte > 0x7e);

/** Of a pickle: PROTO with a version that Python has, and how its next opcode may begin. */
const isPickle: Probe = ({ start }) => start[0] === 0x80 && start[1]! <= 5;

const TORCH_MAGIC = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** ModelProto: ir_version (field 1) up to 127, then producer_name (2), graph (7), opset_import (8) or metadata (14). */
const isOnnx: Probe = ({ start }) =>
  start[0] === 0x08 && start[1]! > 0 && start[1]! < 0x80 && [0x12, 0x3a, 0x42, 0x72].includes(start[2]!);

/** A message in the place of ONNX's producer name, whose text begins with no line feed. */
const isCoreMl: Probe = ({ start }) =>
  start[0] === 0x08 && start[1]! < 0x20 && start[2] === 0x12 && (start[3]! < 0x80 ? start[4] : start[5]) === 0x0a;

const SAFETENSORS = "a safetensors file";
const REMEDY_OF_TAR =
  "unpack it; or, if torch.save wrote it (before PyTorch 0.2), load it and save it again with a newer PyTorch";

/** The first row that fits counts: sure signs stand before those that other kinds may have too. */
export const FILE_KINDS: readonly FileKind[] = [
  kind("empty", "nothing", "empty", ({ size }) => size === 0, "download or save it again"),
  kind("safetensors", "checkpoint", SAFETENSORS, all(hasShortHeader, opensHeader)),
  kind(
    "zeros",
    "nothing",
    "nothing but zeros",
    ({ start }) => start.length >= 16 && start.every((byte) => byte === 0),
    "download it again; the download did not finish",
  ),
  kind(
    "git-lfs",
    "pointer",
    "a Git LFS pointer",
    startsWith("version https://git-lfs"),
    "fetch the file that it stands for: git lfs pull",
  ),
  kind(
    "git-annex",
    "pointer",
    "a git-annex pointer",
    looksLike(/^(\/|\.\.?\/)*(\.git\/)?annex\/objects\//),
    "fetch the file that it stands for: git annex get",
  ),
  kind(
    "dvc",
    "pointer",
    "a DVC pointer",
    all(isText, looksLike(/^outs:\s*\n\s*- (md5|hash|etag|path|size):/)),
    "fetch the file that it stands for: dvc pull",
  ),
  kind(
    "apple-double",
    "resource",
    "a macOS resource file (AppleDouble), which holds no content",
    startsWith(0, 5, 0x16, 7),
  ),

  ...READ_FORMATS.map(picture),
  kind("bmp", "other-picture", "a BMP picture", all(startsWith("BM"), bytesAt(6, 0, 0, 0, 0))),
  kind("heic", "other-picture", "a HEIC picture", isoFile("hei", "hev", "mif1", "msf1")),
  kind("jxl", "other-picture", "a JPEG XL picture", any(startsWith(0xff, 0x0a), startsWith(0, 0, 0, 12, "JXL "))),
  kind(
    "jp2",
    "other-picture",
    "a JPEG 2000 picture",
    any(startsWith(0, 0, 0, 12, "jP  "), startsWith(0xff, 0x4f, 0xff, 0x51)),
  ),
  kind("psd", "other-picture", "a Photoshop picture", startsWith("8BPS")),
  kind("exr", "other-picture", "an OpenEXR picture", startsWith(0x76, 0x2f, 0x31, 0x01)),
  kind("qoi", "other-picture", "a QOI picture", startsWith("qoif")),
  kind("pnm", "other-picture", "a PNM picture", looksLike(/^P[1-7]\s+(#[^\n]*\n\s*)*(\d+\s+\d+\s|WIDTH)/)),
  kind(
    "svg",
    "other-picture",
    "an SVG drawing",
    looksLike(/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!doctype svg[^>]*>\s*)?<svg[\s>]/i),
  ),

  kind(
    "pt2",
    "script",
    "a program that torch.export wrote (.pt2)",
    zipWith(/(^|\/)(archive_format|serialized_exported_program\.json)$/),
    "load it in Python with torch.export.load and save its state_dict with torch.save, or export it to ONNX",
  ),
  kind(
    "torchscript",
    "script",
    "a TorchScript archive",
    zipWith(/(^|\/)(constants\.pkl|code\/__torch__.*)$/),
    "in Python: torch.save(torch.jit.load(path).state_dict(), 'weights.pt')",
  ),
  kind(
    "torch-zip",
    "checkpoint",
    "a PyTorch checkpoint",
    zipWith(/(^|\/)(data\.pkl|\.format_version|byteorder|\.storage_alignment)$/),
  ),
  kind("npz", "array", "an archive of NumPy arrays", zipWith(/\.npy$/)),
  kind("keras", "network", "a Keras model", zipWith(/^(model\.weights\.h5|metadata\.json|config\.json)$/)),
  kind("mlpackage", "network", "a Core ML package", zipWith(/\.mlpackage\/|(^|\/)model\.mlmodel$/)),
  kind("tf-archive", "network", "a TensorFlow model in a zip archive", zipWith(/(^|\/)saved_model\.pb$/)),
  kind("office", "other", "an office document", zipWith(/^(\[Content_Types\]\.xml|mimetype)$/)),
  kind("jar", "other", "a Java archive", zipWith(/^META-INF\//)),
  kind("zip", "archive", "a zip archive", isZip, "unpack it and name the file inside"),
  // PROTO, from protocol 4 on a FRAME of 13 bytes, then LONG1 of the magic number 0x1950a86a20f9469cfc6c
  kind(
    "torch-legacy",
    "checkpoint",
    "a PyTorch checkpoint",
    any(
      ...[2, 3].map((protocol) => startsWith(0x80, protocol, ...TORCH_MAGIC)),
      ...[4, 5].map((protocol) => startsWith(0x80, protocol, 0x95, 13, 0, 0, 0, 0, 0, 0, 0, ...TORCH_MAGIC)),
    ),
  ),

  kind("gzip", "archive", "a gzip archive", startsWith(0x1f, 0x8b)),
  kind("xz", "archive", "an xz archive", startsWith(0xfd, "7zXZ", 0)),
  kind("zstd", "archive", "a Zstandard archive", startsWith(0x28, 0xb5, 0x2f, 0xfd)),
  kind("bzip2", "archive", "a bzip2 archive", startsWith("BZh")),
  kind("lz4", "archive", "an LZ4 archive", startsWith(0x04, 0x22, 0x4d, 0x18)),
  kind("7z", "archive", "a 7-Zip archive", startsWith("7z", 0xbc, 0xaf)),
  kind("rar", "archive", "a RAR archive", startsWith("Rar!")),

  kind("hdf5", "network", "an HDF5 file (Keras)", startsWith(0x89, "HDF")),
  kind("gguf", "network", "a GGUF file", startsWith("GGUF")),
  kind("ggml", "network", "a GGML file", any(startsWith("lmgg"), startsWith("tjgg"), startsWith("fmgg"))),
  kind("tflite", "network", "a TensorFlow Lite model", bytesAt(4, "TFL3")),
  kind(
    "ort",
    "network",
    "a model in ONNX Runtime's own format (.ort)",
    bytesAt(4, "ORTM"),
    "name the .onnx file that it was made from",
  ),
  kind("executorch", "network", "an ExecuTorch program", any(bytesAt(4, "ET12"), bytesAt(4, "ET13"))),
  kind(
    "tensorrt",
    "network",
    "a TensorRT engine",
    any(startsWith("ftrt"), startsWith("ptrt")),
    "name the .onnx file that it was made from",
  ),
  kind("mlir", "network", "an MLIR bytecode file", startsWith("ML", 0xef, "R")),
  kind("npy", "array", "a NumPy array", startsWith(0x93, "NUMPY")),
  kind("matlab", "array", "a MATLAB file", startsWith("MATLAB 5.0")),
  kind("parquet", "other", "a Parquet file", startsWith("PAR1")),
  kind("arrow", "other", "an Arrow file", startsWith("ARROW1")),
  kind("sqlite", "other", "an SQLite database", startsWith("SQLite format 3")),

  kind("pdf", "other", "a PDF document", startsWith("%PDF")),
  kind(
    "elf",
    "other",
    "a program or library",
    any(
      startsWith(0x7f, "ELF"),
      startsWith(0xcf, 0xfa, 0xed, 0xfe),
      startsWith(0xca, 0xfe, 0xba, 0xbe),
      all(startsWith("MZ"), isNamed(/\.(exe|dll)$/i)),
    ),
  ),
  kind("wasm", "other", "a WebAssembly module", startsWith(0, "asm")),
  kind("script", "other", "a script", startsWith("#!")),
  kind(
    "video",
    "other",
    "a video",
    any(
      isoFile("iso", "mp4", "M4V", "qt  "),
      startsWith(0x1a, 0x45, 0xdf, 0xa3),
      all(startsWith("RIFF"), bytesAt(8, "AVI ")),
    ),
  ),
  kind(
    "audio",
    "other",
    "a sound",
    any(startsWith("ID3"), startsWith("OggS"), startsWith("fLaC"), all(startsWith("RIFF"), bytesAt(8, "WAVE"))),
  ),

  kind(
    "html",
    "page",
    "an HTML page",
    looksLike(/^\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*<(!doctype html|html|head|body|title|script|meta)\b/i),
  ),
  kind("openvino", "network", "an OpenVINO model", looksLike(/^\s*(<\?xml[^>]*>\s*)?<net\s/)),
  kind("xml-error", "page", "an XML document with an error message", looksLike(/^\s*<\?xml[^>]*>\s*<Error>/)),
  kind("xml", "other", "an XML document", looksLike(/^\s*<\?xml/i)),
  kind("ncnn-param", "network", "an ncnn network", looksLike(/^7767517\s/)),
  kind(
    "onnx-text",
    "network",
    "an ONNX model written as text",
    all(isText, looksLike(/^\s*(<\s*ir_version\s*:|ir_version\s*:)/)),
    "save it in the binary format: onnx.save(model, path)",
  ),
  kind("json", "json", "a JSON document", looksLike(/^\s*(\{|\[\s*(["\]{[]|-?\d|$))/)),
  kind(
    "utf-16",
    "other",
    "text in UTF-16",
    any(startsWith(0xff, 0xfe), startsWith(0xfe, 0xff)),
    "save it as UTF-8; PowerShell's > writes UTF-16",
  ),

  kind(
    "pickle",
    "pickle",
    "a pickle that torch.save did not write",
    isPickle,
    "save the network's tensors in Python: torch.save(model.state_dict(), path)",
  ),
  kind("saved-model", "network", "a TensorFlow model", isNamed(/(^|[/\\])saved_model\.pb$/i)),
  kind("core-ml", "network", "a Core ML model", any(isCoreMl, isNamed(/\.mlmodel$/i))),
  kind("onnx", "graph", "an ONNX graph", isOnnx),
  // A long name at the beginning of an archive may look like text, never like one of the kinds above.
  kind("tar", "archive", "a tar archive", bytesAt(257, "ustar"), REMEDY_OF_TAR),
  // What is wrong with it its reader says.
  kind("safetensors-header", "checkpoint", SAFETENSORS, any(hasShortHeader, all(opensHeader, beginsAsNumber))),
  kind("text", "other", "a text file", isText),

  kind("onnx-data", "data", "the weights beside an ONNX graph (external data)", isNamed(/\.onnx[._]data$|\.data$/i)),
  kind("ncnn-bin", "network", "weights without a description, such as ncnn's .bin", isNamed(/\.bin$/i)),
];
