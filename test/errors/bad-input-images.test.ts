/** Items 58 to 60 of the list of attacks: pictures, wherever the program reads one. */
import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { fixture } from "../support/fixtures.js";
import { describeRows, type Finding, type Row } from "./bad-input.js";
import { safetensors } from "./bad-input-files.js";

/** A network that leaves pictures as they are, and one with a router, whose β pictures can tell. */
const MODELS = {
  "same.json": `{
  "version": 1, "name": "same", "image": {"range":[0,1],"color":"rgb","scale":1},
  "inputs": [{"name":"x","shape":["N",3,"H","W"]}],
  "layers": [{"name":"y","op":"relu","in":"x"}],
  "outputs": ["y"]
}
`,
  "mixed.json": `{
  "version": 1, "name": "mixed", "image": {"range":[0,1],"color":"rgb","scale":1}, "weights": {"file":"w.safetensors"},
  "inputs": [{"name":"x","shape":["N",3,"H","W"]}],
  "layers": [
    {"name":"beta","op":"route","in":"x","mlp":["linear"],"experts":2},
    {"name":"y","op":"mix_conv","in":"x","beta":"beta","out":3,"kernel":1}
  ],
  "outputs": ["y"]
}
`,
  "w.safetensors": safetensors([
    ["beta.mlp.0.weight", [2, 3]],
    ["beta.mlp.0.bias", [2]],
    ["y.weight", [6, 3, 1, 1]],
    ["y.bias", [6]],
  ]),
};

const sample = (name: string): Uint8Array => readFileSync(fixture("images", "samples", name));
const PNG = readFileSync(fixture("images", "patch.png"));
const JPEG = sample("colour.jpg");

function chunk(type: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length);
  head.write(type, 4, "latin1");
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), body])));
  return Buffer.concat([head, body, tail]);
}

/** A PNG that announces a size and holds 50 bytes of it. */
function pngOfSize(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const content = chunk("IDAT", deflateSync(new Uint8Array(50)));
  return Buffer.concat([PNG.subarray(0, 8), chunk("IHDR", header), content, chunk("IEND", new Uint8Array())]);
}

type Fault = Omit<Finding, "file">;

const DAMAGED: Fault = { code: "image/damaged", hint: /copy it again/ };
const NO_PICTURE: Fault = { code: "image/unknown-format", place: "byte 0", hint: /convert/ };

const FILES: readonly (readonly [what: string, bytes: Uint8Array, fault: Fault])[] = [
  [
    "58 a PNG of 30000 x 30000 pixels",
    pngOfSize(30_000, 30_000),
    { code: "image/too-large", message: /30000 × 30000/, hint: /cut the picture/ },
  ],
  ["58 a PNG of 16000 x 16000 pixels that are not there", pngOfSize(16_000, 16_000), DAMAGED],
  ["59 a PNG of which half is there", PNG.subarray(0, PNG.length >> 1), DAMAGED],
  ["59 a PNG's signature", PNG.subarray(0, 8), DAMAGED],
  ["59 a JPEG without its end", JPEG.subarray(0, JPEG.length - 60), DAMAGED],
  [
    "no bytes",
    new Uint8Array(),
    { code: "image/unknown-format", message: /in\.png is empty/, hint: /download or save it again/ },
  ],
  ["an SVG, which can name other files", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), NO_PICTURE],
  ["samples of floating point", sample("float.tif"), { code: "image/unsupported-samples", hint: /8 or 16 bits/ }],
];

const READERS: readonly (readonly [what: string, argv: readonly string[]])[] = [
  ["restored", ["run", "same.json", "in.png", "-o", "out.png"]],
  ["taken β from", ["compile", "mixed.json", "-o", "m.onnx", "--routing", "fold", "--image", "in.png"]],
];

describeRows(
  "pictures that are refused",
  READERS.flatMap(([reader, argv]) =>
    FILES.map(
      ([what, bytes, fault]): Row => ({
        what: `${what}, ${reader}`,
        files: { ...MODELS, "in.png": bytes },
        argv,
        exit: 1,
        findings: [{ file: "in.png", ...fault }],
        asProcess: reader === "restored" && /^58/.test(what),
      }),
    ),
  ),
);

const restoring = (what: string, name: string, codes: readonly string[], output = "out.png"): Row => ({
  what,
  files: { ...MODELS, [name]: sample(name) },
  argv: ["run", "same.json", name, "-o", output],
  exit: 0,
  findings: codes.map((code) => ({ code, file: name, hint: /./ })),
  writes: [output],
});

describeRows("pictures that are read", [
  restoring("60 CMYK, with a warning", "cmyk.jpg", ["image/cmyk"]),
  restoring("60 16 bits, kept", "rgb-16.png", []),
  restoring("60 turned by EXIF, with a warning", "turned.png", ["image/turned"]),
  restoring("60 a colour profile, with a warning", "display-p3.png", ["image/converted-profile"]),
  restoring("60 several pages, with a warning", "two-pages.tif", ["image/first-page"]),
]);

describeRows("pictures that cannot be read or written", [
  {
    what: "a picture that is not there",
    files: MODELS,
    argv: ["run", "same.json", "in.png", "-o", "out.png"],
    exit: 2,
    findings: [{ code: "image/cannot-read", file: "in.png", hint: /name/ }],
  },
  {
    what: "a folder without pictures",
    files: { ...MODELS, "photos/notes.txt": "none yet" },
    argv: ["compile", "mixed.json", "-o", "m.onnx", "--routing", "fold", "--images", "photos"],
    exit: 2,
    findings: [{ code: "io/no-pictures", file: "photos", hint: /PNG/ }],
  },
  {
    what: "a format that is not written",
    files: { ...MODELS, "in.png": PNG },
    argv: ["run", "same.json", "in.png", "-o", "out.gif"],
    exit: 2,
    findings: [{ code: "image/unknown-extension", file: "out.gif", hint: /\.png/ }],
  },
  {
    what: "16 the output and the picture",
    files: { ...MODELS, "in.png": PNG },
    argv: ["run", "same.json", "in.png", "-o", "in.png"],
    exit: 2,
    findings: [{ code: "usage/output-is-input", file: "in.png", hint: /another name/ }],
  },
]);
