/** What the program refuses: exit codes, what it says, and that nothing was written or run. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { writeSafetensors } from "../../src/files/safetensors-write.js";
import type { StoredTensor } from "../../src/tensors/tensor.js";
import * as torch from "../errors/weights-torch-bytes.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture, openFixture } from "../support/fixtures.js";
import { smxc, succeed } from "./capture.js";

const CHECKPOINT = fixture("oracle", "nsr-x2", "weights.safetensors");
const folder = temporaryFolder();

interface Told {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly hint?: string;
}

/** The errors of a command that fails, under --json. */
async function refused(
  args: readonly string[],
  cwd = folder.path,
): Promise<{ readonly exit: number | null; readonly errors: readonly Told[] }> {
  const { code, stdout, stderr } = await smxc([...args, "--json"], cwd);
  expect(stderr).not.toMatch(/\n\s+at /);
  const { schemaVersion, errors } = JSON.parse(stdout) as { schemaVersion: number; errors: Told[] };
  expect(schemaVersion).toBe(1);
  return { exit: code, errors };
}

beforeAll(async () => {
  await succeed(["import", CHECKPOINT, "-o", "model.json"], folder.path);
  await succeed(["compile", "model.json", "-o", "model.onnx", "--no-verify"], folder.path);
});
afterAll(folder.remove);

describe("a checkpoint whose tensors do not fit", () => {
  it("is told whole, exit 1, and nothing is written", async () => {
    const { tensors } = await openFixture("oracle", "nsr-x2", "weights.safetensors");
    const left = [...tensors].filter(([name]) => name !== "body.1.body.0.bias");
    const changed: [string, StoredTensor][] = left.map(([name, tensor]) =>
      name === "body.2.body.2.bias" ? [name, { ...tensor, shape: [16, 2] }] : [name, tensor],
    );
    const extra: [string, StoredTensor] = ["body.1.body.0.bais", tensors.get("body.1.body.0.bias")!];
    const named = [...changed, extra].map(([name, tensor]) => ({ name, tensor }));
    const cwd = folder.at("misfit");
    mkdirSync(cwd);
    writeFileSync(`${cwd}/c.safetensors`, await collect(writeSafetensors(named, new Map())));
    const { exit, errors } = await refused(["import", "c.safetensors", "-o", "model.json"], cwd);
    expect(exit).toBe(1);
    expect(errors.map(({ code }) => code).sort()).toEqual([
      "import/misshapen-tensor",
      "import/missing-tensor",
      "import/unexpected-tensor",
    ]);
    const told = JSON.stringify(errors);
    for (const name of ["body.1.body.0.bias", "body.1.body.0.bais", "body.2.body.2.bias"]) expect(told).toContain(name);
    expect(readdirSync(cwd)).toEqual(["c.safetensors"]);
  });
});

describe("a checkpoint that calls os.system", () => {
  it.each(["os", "posix", "nt", "subprocess"])("as %s is refused, exit 1, and nothing ran", async (module) => {
    const cwd = folder.at(`pickle-${module}`);
    mkdirSync(cwd);
    const call = torch.call(module, "system", torch.text("touch ran"));
    writeFileSync(`${cwd}/evil.pt`, torch.checkpoint(torch.stateDict(call)));
    const { exit, errors } = await refused(["import", "evil.pt", "-o", "model.json"], cwd);
    expect(exit).toBe(1);
    expect(errors[0]!.message).toContain(`${module}.system`);
    expect(readdirSync(cwd)).toEqual(["evil.pt"]);
  });
});

describe("an output that is an input", () => {
  it.each([
    ["the checkpoint", ["import", "in.safetensors", "-o", "in.safetensors"]],
    ["the document", ["compile", "in.json", "-o", "in.json"]],
    ["the document's weights", ["compile", "in.json", "-o", "model.weights.safetensors"]],
    ["the picture", ["run", "in.json", "in.png", "-o", "in.png"]],
    ["the picture, by another name", ["run", "in.json", "in.png", "-o", "./x/../in.png"]],
  ])("is refused for %s, exit 2, and left as it was", async (_, args) => {
    mkdirSync(folder.at("x"), { recursive: true });
    copyFileSync(CHECKPOINT, folder.at("in.safetensors"));
    copyFileSync(folder.at("model.json"), folder.at("in.json"));
    copyFileSync(fixture("photographs", "x2", "chelsea.png"), folder.at("in.png"));
    const target = folder.at(args.at(-1)!);
    const before = readFileSync(target);
    const { exit, errors } = await refused(args);
    expect(exit).toBe(2);
    expect(errors).toMatchObject([{ code: "usage/output-is-input" }]);
    expect(readFileSync(target).equals(before)).toBe(true);
  });
});

describe("a pair that does not belong together", () => {
  it("of document and weights is noticed, exit 1", async () => {
    const cwd = folder.at("mixed");
    mkdirSync(cwd);
    await succeed(["import", fixture("oracle", "nsr-x4-wide", "weights.safetensors"), "-o", "model.json"], cwd);
    copyFileSync(folder.at("model.json"), `${cwd}/model.json`);
    const { exit, errors } = await refused(["compile", "model.json", "-o", "model.onnx"], cwd);
    expect(exit).toBe(1);
    expect(errors).toMatchObject([{ code: "weights/wrong-checksum", file: "model.json" }]);
    expect(existsSync(`${cwd}/model.onnx`)).toBe(false);
  });

  describe("of graph and data", () => {
    const cwd = folder.at("data");
    const pair = ["model.onnx", "model.onnx.data"];

    beforeAll(async () => {
      mkdirSync(cwd);
      for (const file of ["model.json", "model.weights.safetensors"]) copyFileSync(folder.at(file), `${cwd}/${file}`);
      const args = ["compile", "model.json", "-o", "model.onnx", "--external-data", "--no-verify"];
      await succeed(args, cwd);
      copyFileSync(fixture("photographs", "x2", "chelsea.png"), `${cwd}/in.png`);
      await succeed(["verify", "model.json", "model.onnx"], cwd);
      const data = readFileSync(`${cwd}/model.onnx.data`);
      data.writeFloatLE(data.readFloatLE(0) + 0.5, 0);
      writeFileSync(`${cwd}/model.onnx.data`, data);
    });

    it.each([
      ["run", ["run", "model.onnx", "in.png", "-o", "out.png"]],
      ["verify", ["verify", "model.json", "model.onnx"]],
    ])("is noticed by %s, exit 1", async (_, args) => {
      const { exit, errors } = await refused(args, cwd);
      expect(exit).toBe(1);
      expect(errors).toMatchObject([{ code: "onnx/wrong-data", file: "model.onnx" }]);
      if (args[0] === "verify") expect(errors[0]!.hint).toMatch(/the first layer whose weights differ is \S+/);
      expect(readdirSync(cwd).filter((file) => file.startsWith("model.onnx"))).toEqual(pair);
    });

    it("is noticed where there is no data, exit 2", async () => {
      mkdirSync(`${cwd}/empty`);
      copyFileSync(`${cwd}/model.onnx`, `${cwd}/empty/model.onnx`);
      const { exit, errors } = await refused(["verify", "model.json", "empty/model.onnx"], cwd);
      expect(exit).toBe(2);
      expect(errors).toMatchObject([{ code: "onnx/external-missing", file: "empty/model.onnx" }]);
    });
  });

  it("of document and graph is noticed, exit 1", async () => {
    const cwd = folder.at("other");
    mkdirSync(cwd);
    await succeed(["import", fixture("oracle", "nsr-x4-wide", "weights.safetensors"), "-o", "model.json"], cwd);
    const { exit } = await refused(["verify", "model.json", "../model.onnx"], cwd);
    expect(exit).toBe(1);
  });
});

describe("verify", () => {
  /** A copy of the graph in which one value of a tensor of the document's weights differs by a half. */
  async function withChange(tensor: string, graph: string): Promise<string> {
    const { tensors } = await openFixture("oracle", "nsr-x2", "weights.safetensors");
    const bytes = readFileSync(folder.at("model.weights.safetensors"));
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
    const [begin, end] = header[tensor].data_offsets as [number, number];
    const start = 8 + Number(bytes.readBigUInt64LE(0)) + begin;
    const needle = bytes.subarray(start, start + (end - begin));
    expect(tensors.size).toBeGreaterThan(0);
    const changed = Buffer.from(readFileSync(folder.at(graph)));
    const at = changed.indexOf(needle);
    expect(at, `${tensor} in ${graph}`).toBeGreaterThan(0);
    changed.writeFloatLE(changed.readFloatLE(at) + 0.5, at);
    const name = `changed-${tensor}.onnx`;
    writeFileSync(folder.at(name), changed);
    return name;
  }

  it.each([
    ["skip.0.weight", /skip\.0\b/, "in the main graph"],
    ["body.0.bias", /body\.0\b/, "in the main graph"],
    ["body.1.body.2.mlp.0.weight", /body\.1\.body\.2\b/, "inside the Scan over the batch"],
    ["body.2.body.0.mlp.0.bias", /body\.2\.body\.0\b/, "inside the Scan over the batch"],
  ])("fails on a changed %s and names the layer, %#", async (tensor, layer) => {
    const { exit, errors } = await refused(["verify", "model.json", await withChange(tensor, "model.onnx")]);
    expect(exit).toBe(1);
    expect(errors[0]).toMatchObject({ code: "verify/differs", file: `changed-${tensor}.onnx` });
    expect(errors[0]!.hint).toMatch(/the first layer that differs is/);
    expect(errors[0]!.hint).toMatch(layer);
  });

  it("passes the graph that was not changed, and a looser demand on one that was", async () => {
    await succeed(["verify", "model.json", "model.onnx"], folder.path);
    const changed = await withChange("body.2.body.0.mlp.0.bias", "model.onnx");
    await succeed(["verify", "model.json", changed, "--rtol", "1"], folder.path);
  });
});

describe("verify's demands", () => {
  it("names the PSNR that was missed where that is what was asked for", async () => {
    const { exit, errors } = await refused(["verify", "model.json", "model.onnx", "--min-psnr", "300"]);
    expect(exit).toBe(1);
    expect(errors[0]).toMatchObject({
      code: "verify/below-psnr",
      file: "model.onnx",
      message: expect.stringMatching(/PSNR of \d+\.\d\d dB against the reference, less than the 300 dB/),
      hint: expect.any(String),
    });
  });

  it.each([
    ["another number of channels", "1x4x8x8", /Nx3xHxW; the shape 1x4x8x8 does not fit/],
    ["a dimension too few", "1x3x8", /Nx3xHxW/],
    ["a dimension too many", "1x3x2x8x8", /Nx3xHxW/],
  ])("refuses a --shape of %s", async (_, shape, message) => {
    for (const args of [
      ["verify", "model.json", "model.onnx", "--shape", shape],
      ["inspect", "model.json", "--shape", shape],
    ]) {
      const { exit, errors } = await refused(args);
      expect(exit).toBe(2);
      expect(errors).toMatchObject([{ code: "usage/shape", message: expect.stringMatching(message) }]);
    }
  });
});

describe("a file that is no model", () => {
  it.each([
    ["inspect", ["inspect", "in.png"]],
    ["run", ["run", "in.png", "in.png", "-o", "out.png"]],
    ["verify", ["verify", "model.json", "in.png"]],
    ["diff", ["diff", "in.png", "in.png"]],
  ])("is refused by %s, exit 1", async (_, args) => {
    copyFileSync(fixture("photographs", "x2", "chelsea.png"), folder.at("in.png"));
    const { exit, errors } = await refused(args);
    expect(exit).toBe(1);
    expect(errors[0]!.code).toMatch(/^onnx\//);
    expect(errors[0]).toMatchObject({ file: "in.png", message: expect.stringMatching(/is a PNG picture, not a/) });
  });
});

describe("usage", () => {
  it.each([
    ["an unknown command", ["compiel"]],
    ["an unknown flag", ["compile", "model.json", "-o", "x.onnx", "--fast"]],
    ["a missing output", ["compile", "model.json"]],
    ["an operator set that smxc does not write", ["compile", "model.json", "-o", "x.onnx", "--opset", "22"]],
    ["a file that is not there", ["import", "absent.pt", "-o", "x.json"]],
    ["a folder that is not there", ["compile", "model.json", "-o", "absent/x.onnx"]],
    ["an architecture that is not there", ["import", CHECKPOINT, "-o", "x.json", "--arch", "nsr2"]],
    ["a picture of no format", ["run", "model.json", "in.png", "-o", "out.xyz"]],
  ])("%s is exit 2 and no file", async (_, args) => {
    const before = readdirSync(folder.path).sort();
    const { exit, errors } = await refused(args);
    expect(exit).toBe(2);
    expect(errors.length).toBeGreaterThan(0);
    expect(readdirSync(folder.path).sort()).toEqual(before);
  });
});
