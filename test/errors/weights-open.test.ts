import { describe, expect, it } from "vitest";
import { openWeights } from "../../src/files/open.js";
import { concat, guardedSource, refusal, utf8 } from "../unit/weights-sources.js";

const tar = concat(new Uint8Array(257).fill(0x61), utf8("ustar\0"), new Uint8Array(249));
const page = "<!DOCTYPE html>\n<html><head><title>404</title></head></html>";
const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

describe("files that are no weights", () => {
  it.each<[string, Uint8Array, string, RegExp]>([
    ["an error page", utf8(page), "an HTML page", /download/],
    ["an error page after a byte order mark", utf8(`\ufeff \n${page.toLowerCase()}`), "an HTML page", /download/],
    ["an XML error", utf8('<?xml version="1.0"?><Error/>'), "an XML document", /safetensors/],
    ["a Git LFS pointer", utf8(pointer), "a Git LFS pointer", /git lfs pull/],
    ["48 a tar archive", tar, "a tar archive", /newer PyTorch/],
    ["a gzip archive", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), "a gzip archive", /unpack/],
    [
      "an ONNX model",
      concat(Uint8Array.of(8, 8, 0x12, 7), utf8("pytorch"), new Uint8Array(9)),
      "an ONNX graph",
      /checkpoint/,
    ],
    ["a model document", utf8('{"$schema": "x", "version": 1}'), "a JSON document", /checkpoint/],
    [
      "a pickle",
      concat(Uint8Array.of(0x80, 4, 0x95), new Uint8Array(20)),
      "a pickle",
      /torch\.save\(model\.state_dict\(\), path\)/,
    ],
    ["a Keras file", concat(Uint8Array.of(0x89), utf8("HDF\r\n\x1a\n")), "an HDF5 file", /safetensors/],
    ["a NumPy array", concat(Uint8Array.of(0x93), utf8("NUMPY")), "a NumPy array", /safetensors/],
    [
      "a picture",
      concat(Uint8Array.of(0x89), utf8("PNG\r\n\x1a\n"), new Uint8Array(40).fill(7)),
      "a PNG picture",
      /smxc run <model> net\.pt/,
    ],
    ["seven bytes", new Uint8Array(7), "unknown format", /damaged/],
  ])("calls %s by its name and lists the formats", async (_, bytes, what, hint) => {
    const [found, ...more] = await refusal(() => openWeights(guardedSource(bytes, "net.pt")));
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      code: "weights/unknown-format",
      file: "net.pt",
      place: "byte 0",
      message: expect.stringContaining(what),
      hint: expect.stringMatching(hint),
    });
    expect(found?.message).toMatch(/safetensors.*\.pth/);
  });

  it("refuses an empty file", async () => {
    expect(await refusal(() => openWeights(guardedSource(new Uint8Array(0))))).toMatchObject([
      { code: "weights/empty-file" },
    ]);
  });

  it("takes what nearly is safetensors for it, so that its rules are named", async () => {
    const file = (length: number, header: string): Uint8Array =>
      concat(Uint8Array.of(length, 0, 0, 0, 0, 0, 0, 0), utf8(header));
    for (const [bytes, code] of [
      [file(99, "{}"), "safetensors/header-past-end"],
      [file(2, "[]"), "safetensors/header-start"],
      [concat(new Uint8Array(8).fill(0xff), utf8("{}")), "safetensors/header-too-large"],
    ] as const) {
      expect(await refusal(() => openWeights(guardedSource(bytes)))).toMatchObject([{ code }]);
    }
  });
});
