import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { FILE_KINDS } from "../../src/files/file-kinds.js";
import { SAMPLE_BYTES, sampleOf } from "../../src/files/sample.js";
import { whatIsThis } from "../../src/files/what-is-this.js";
import { zip } from "../errors/weights-torch-bytes.js";
import { concat, utf8 } from "./weights-sources.js";

const bytes = (...parts: readonly (number | string | Uint8Array)[]): Uint8Array =>
  concat(
    ...parts.map((part) =>
      typeof part === "number"
        ? Uint8Array.of(part)
        : typeof part === "string"
          ? Uint8Array.from(part, (letter) => letter.charCodeAt(0))
          : part,
    ),
  );
const zeros = (length: number): Uint8Array => new Uint8Array(length);
const archive = (...names: readonly string[]): Uint8Array =>
  zip(names.map((name) => ({ name, data: utf8("content") })));

/** A beginning, or a whole file, of every kind. */
const SAMPLES: Readonly<Record<string, readonly [content: Uint8Array, name?: string]>> = {
  empty: [bytes()],
  zeros: [zeros(5000)],
  "git-lfs": [utf8("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")],
  "git-annex": [utf8("../.git/annex/objects/aa/bb/SHA256E-s1--00.onnx\n")],
  dvc: [utf8("outs:\n- md5: 0123\n  path: model.onnx\n")],
  "apple-double": [bytes(0, 5, 0x16, 7, 0, 2, 0, 0)],
  png: [bytes(0x89, "PNG\r\n", 0x1a, "\n", zeros(20))],
  jpeg: [bytes(0xff, 0xd8, 0xff, 0xe0)],
  webp: [bytes("RIFF1234WEBP")],
  tiff: [bytes("II*", 0, 8, 0, 0, 0)],
  gif: [bytes("GIF89a")],
  bmp: [bytes("BM", 0x46, 0, 0, 0, 0, 0, 0, 0, 0x36)],
  heic: [bytes(0, 0, 0, 24, "ftypheic")],
  avif: [bytes(0, 0, 0, 28, "ftypavif")],
  jxl: [bytes(0, 0, 0, 12, "JXL \r\n")],
  jp2: [bytes(0, 0, 0, 12, "jP  \r\n")],
  psd: [bytes("8BPS", 0, 1)],
  exr: [bytes(0x76, 0x2f, 0x31, 1, 2, 0, 0, 0)],
  qoi: [bytes("qoif", 0, 0, 0, 1)],
  pnm: [bytes("P6\n# made by hand\n2 3\n255\n", zeros(18))],
  svg: [utf8('<?xml version="1.0"?>\n<!-- drawn --><svg xmlns="http://www.w3.org/2000/svg"/>')],
  pt2: [archive("model/archive_format", "model/models/model.json")],
  torchscript: [archive("net/data.pkl", "net/code/__torch__/Net.py", "net/constants.pkl")],
  "torch-zip": [archive("net/data.pkl", "net/data/0", "net/version")],
  npz: [archive("weight.npy", "bias.npy")],
  keras: [archive("metadata.json", "config.json", "model.weights.h5")],
  mlpackage: [archive("net.mlpackage/Manifest.json")],
  "tf-archive": [archive("net/saved_model.pb")],
  office: [archive("[Content_Types].xml", "word/document.xml")],
  jar: [archive("META-INF/MANIFEST.MF")],
  zip: [archive("readme.txt")],
  "torch-legacy": [bytes(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e)],
  gzip: [bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)],
  xz: [bytes(0xfd, "7zXZ", 0)],
  zstd: [bytes(0x28, 0xb5, 0x2f, 0xfd)],
  bzip2: [bytes("BZh9")],
  lz4: [bytes(4, 0x22, 0x4d, 0x18)],
  "7z": [bytes("7z", 0xbc, 0xaf, 0x27, 0x1c)],
  rar: [bytes("Rar!", 0x1a, 7, 0)],
  hdf5: [bytes(0x89, "HDF\r\n", 0x1a, "\n")],
  gguf: [bytes("GGUF", 3, 0, 0, 0)],
  ggml: [bytes("lmgg", 1, 0, 0, 1)],
  tflite: [bytes(0x1c, 0, 0, 0, "TFL3")],
  ort: [bytes(0x1c, 0, 0, 0, "ORTM")],
  executorch: [bytes(0x1c, 0, 0, 0, "ET12")],
  tensorrt: [bytes("ftrt", 1, 2, 3)],
  mlir: [bytes("ML", 0xef, "R", 1)],
  npy: [bytes(0x93, "NUMPY", 1, 0)],
  matlab: [bytes("MATLAB 5.0 MAT-file")],
  parquet: [bytes("PAR1", 0x15)],
  arrow: [bytes("ARROW1", 0, 0)],
  sqlite: [bytes("SQLite format 3", 0)],
  pdf: [bytes("%PDF-1.7\n")],
  elf: [bytes(0x7f, "ELF", 2)],
  wasm: [bytes(0, "asm", 1, 0, 0, 0)],
  script: [utf8("#!/bin/sh\n")],
  video: [bytes(0, 0, 0, 32, "ftypisom")],
  audio: [bytes("RIFF1234WAVE")],
  html: [utf8("\ufeff\n<!doctype html><html></html>")],
  openvino: [utf8('<?xml version="1.0"?>\n<net name="net" version="11">')],
  "xml-error": [utf8('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>')],
  xml: [utf8('<?xml version="1.0"?><note/>')],
  "ncnn-param": [utf8("7767517\n10 10\n")],
  "onnx-text": [utf8('<ir_version: 8, opset_import: ["" : 17]>\nagraph (float[N] x) => (float[N] y) {}')],
  json: [utf8('\ufeff{"version": 1}')],
  "utf-16": [bytes(0xff, 0xfe, "{", 0)],
  pickle: [bytes(0x80, 4, 0x95, zeros(20))],
  "saved-model": [bytes(8, 1, 0x12, 5, 0x0a), "net/saved_model.pb"],
  "core-ml": [bytes(8, 4, 0x12, 0x20, 0x0a, 0x10)],
  onnx: [bytes(8, 8, 0x12, 7, "pytorch")],
  tar: [bytes("a".repeat(257), "ustar", 0)],
  safetensors: [bytes(2, 0, 0, 0, 0, 0, 0, 0, "{}")],
  "safetensors-header": [bytes(2, 0, 0, 0, 0, 0, 0, 0, "[]")],
  text: [utf8("Entry not found")],
  "onnx-data": [bytes(0xff, 0x80, 1, 2, 3), "net.onnx.data"],
  "ncnn-bin": [bytes(0xff, 0x80, 1, 2, 3), "net.bin"],
};

const kindOf = async (content: Uint8Array, name = "file"): Promise<string | undefined> =>
  whatIsThis(await sampleOf(bytesSource(name, Uint8Array.from(content))))?.id;

describe("what a file is", () => {
  it("is told of every kind in the table", () => {
    expect([...new Set(FILE_KINDS.map(({ id }) => id))].sort()).toEqual(Object.keys(SAMPLES).sort());
  });

  it.each(Object.entries(SAMPLES))("%s", async (id, [content, name]) => {
    expect(await kindOf(content, name)).toBe(id);
  });

  it("is told of an archive by the directory at its end too", async () => {
    const large = zip([
      { name: "net/data.pkl", data: zeros(3 * SAMPLE_BYTES) },
      { name: "net/constants.pkl", data: utf8("x") },
    ]);
    expect(await kindOf(large)).toBe("torchscript");
  });

  it("is safetensors where the length of the header begins as another kind does", async () => {
    expect(await kindOf(bytes(0x80, 4, 0, 0, 0, 0, 0, 0, '{"a":1}'))).toBe("safetensors");
    expect(await kindOf(bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, '{"a":1}'))).toBe("safetensors");
  });

  it("is not made up", async () => {
    expect(await kindOf(bytes(0xf3, 0x9c, 7, 0x11, 0x95, 0xe2))).toBeUndefined();
    expect(await kindOf(bytes("BMW is a text", 1))).toBeUndefined();
    expect(await kindOf(utf8("GIMP is a text"))).toBe("text");
  });
});
