/** External data that is not a file of its own in the graph's folder is read by no command, as SECURITY.md says. */
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBeside, refuseEscapes } from "../../src/sessions/external-data-node.js";
import { smxc, temporaryFolder } from "../support/cli.js";
import { type Plain, writeRecord } from "../unit/onnx-support/write-record.js";

const folder = temporaryFolder();
const graphs = folder.at("graphs");
const type: Plain = { tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: 2 }] } } };

/** y = x + w, where w is at `location`, or is what a Constant node holds there. */
function writeModel(name: string, location: string, inAttribute = false): string {
  const w: Plain = {
    name: "w",
    dims: [2],
    data_type: 1,
    data_location: 1,
    external_data: [{ key: "location", value: location }],
  };
  const constant: Plain = { op_type: "Constant", output: ["w"], attribute: [{ name: "value", type: 4, t: w }] };
  const model: Plain = {
    ir_version: 8,
    opset_import: [{ domain: "", version: 17 }],
    graph: {
      name: "g",
      input: [{ name: "x", type }],
      output: [{ name: "y", type }],
      initializer: inAttribute ? [] : [w],
      node: [...(inAttribute ? [constant] : []), { op_type: "Add", input: ["x", "w"], output: ["y"] }],
    },
  };
  writeFileSync(`${graphs}/${name}`, Uint8Array.from(writeRecord("ModelProto", model)));
  return name;
}

describe("external data", () => {
  beforeAll(() => {
    mkdirSync(`${graphs}/inside`, { recursive: true });
    const values = new Uint8Array(new Float32Array([1, 2]).buffer);
    for (const path of [folder.at("secret"), `${graphs}/own`, `${graphs}/linked`]) writeFileSync(path, values);
    symlinkSync("../secret", `${graphs}/symbolic`);
    symlinkSync("..", `${graphs}/up`);
    linkSync(folder.at("secret"), `${graphs}/hard`);
    writeModel("good.onnx", "own");
  });
  afterAll(folder.remove);

  const ways: readonly (readonly [what: string, location: string, rule: string])[] = [
    ["a symbolic link", "symbolic", "onnx/external-symlink"],
    ["a hard link", "hard", "onnx/external-hardlink"],
    ["a linked folder", "up/secret", "onnx/external-contained"],
    ["an absolute path", "/etc/hostname", "onnx/external-location-absolute"],
    ["a way up", "../secret", "onnx/external-location-outside"],
    ["a way up further in", "inside/../../secret", "onnx/external-location-outside"],
    ["an empty path", "", "onnx/external-location-empty"],
    ["a folder", "inside", "onnx/external-regular"],
  ];

  it.each(ways)("by %s is not read, by check's rule", async (_, location, rule) => {
    const graph = `${graphs}/good.onnx`;
    const refusal = { diagnostics: [{ code: rule, file: graph }] };
    await expect(readBeside(graph, location, 0, 4)).rejects.toMatchObject(refusal);
    await expect(refuseEscapes(graph, ["own", location])).rejects.toMatchObject(refusal);
  });

  it("by a link is refused by the commands, also where an attribute names it", async () => {
    const commands = [
      ["diff", writeModel("bad.onnx", "symbolic"), "good.onnx"],
      ["diff", "good.onnx", writeModel("held.onnx", "symbolic", true)],
      ["bench", "held.onnx"],
    ];
    for (const args of commands) {
      const { code, stdout } = await smxc([...args, "--json"], graphs);
      const codes = JSON.parse(stdout).errors.map((each: { readonly code: string }) => each.code);
      expect([code, ...codes]).toEqual([1, "onnx/external-symlink"]);
    }
  });

  it("is read where it is a file of its own, and an error where it is not there, or holds too little", async () => {
    const graph = `${graphs}/good.onnx`;
    expect(await readBeside(graph, "inside/../own", 4, undefined)).toHaveLength(4);
    await expect(readBeside(graph, "absent", 0, 4)).rejects.toMatchObject({
      kind: "io",
      diagnostics: [{ code: "onnx/external-missing" }],
    });
    for (const [offset, length] of [[0, 9] as const, [9, undefined] as const, [Number.NaN, 1] as const]) {
      const reading = readBeside(graph, "own", offset, length);
      await expect(reading).rejects.toMatchObject({ diagnostics: [{ code: "onnx/external-missing" }] });
    }
  });
});
