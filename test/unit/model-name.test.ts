/** Models are named after the files of their checkpoints. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { modelNameOf } from "../../src/frontends/checkpoints/model-name.js";
import { onnxName } from "../../src/frontends/document/layers/fields.js";

it.each([
  ["RealESRGAN_x4plus.pth", "RealESRGAN_x4plus"],
  ["folder/4x net (v1.5).ckpt", "4x-net-v1.5"],
  ["C:\\nets\\DnCNN.PT", "DnCNN"],
  ["last.pth.tar", "last"],
  ["v1.5.safetensors", "v1.5"],
  ["Größe.pt", "Größe"],
  ["Gro\u0308ße.pt", "Größe"],
  ["two\nlines\u0000.bin", "two-lines"],
])("%j is %j", (file, name) => {
  expect(modelNameOf(file)).toBe(name);
});

it.each(["", ".pth", "...", "---.pt", "folder/"])("%j names nothing", (file) => {
  expect(modelNameOf(file)).toBeUndefined();
});

it("whatever the file is called, the name is one that documents may have, of one line and no path", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (file) => {
      const name = modelNameOf(file);
      if (name === undefined) return;
      expect(onnxName.safeParse(name).success).toBe(true);
      expect(name).toMatch(/^[^\s/\\\p{Cc}]+$/u);
      expect([...name].length).toBeLessThanOrEqual(80);
    }),
  );
});
