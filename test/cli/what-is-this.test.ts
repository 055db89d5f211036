/** Files that people give in place of others: what each command says of them. */
import { copyFileSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { compile, importCheckpoint, SmxcError } from "../../src/index.js";
import { temporaryFolder } from "../support/cli.js";
import { fixture } from "../support/fixtures.js";
import { runCaptured } from "./capture.js";

const folder = temporaryFolder();
const { at } = folder;
afterAll(folder.remove);

const POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";

beforeAll(async () => {
  copyFileSync(fixture("models", "nsr-x2", "checkpoint.pt"), at("net.pt"));
  await runCaptured(["import", at("net.pt"), "-o", at("net.json")], COMMANDS);
  await runCaptured(["compile", at("net.json"), "-o", at("net.onnx"), "--no-verify"], COMMANDS);
  const create = { width: 16, height: 12, channels: 3, background: "#4080c0" } as const;
  await sharp({ create }).png().toFile(at("photo.png"));
  writeFileSync(at("pointer.onnx"), POINTER);
  writeFileSync(at("page.onnx"), "<!DOCTYPE html>\n<html><head><title>404</title></head></html>");
  writeFileSync(at("empty.onnx"), "");
  writeFileSync(at("net.gguf"), "GGUF\u0003\0\0\0");
});

const run = (...argv: readonly string[]) =>
  runCaptured(
    argv.map((word) => (/^[a-z]+\.[a-z]+$/.test(word) ? at(word) : word)),
    COMMANDS,
  );

describe("a command says what a file is, and what to type", () => {
  it.each<[line: string, says: string, hint: string]>([
    ["check pointer.onnx", "pointer.onnx is a Git LFS pointer, not an ONNX graph", "git lfs pull"],
    ["check page.onnx", "page.onnx is an HTML page, not an ONNX graph", "open the address in a browser"],
    ["check empty.onnx", "empty.onnx is empty", "download or save it again"],
    ["check photo.png", "photo.png is a PNG picture, not an ONNX graph", "to restore it: smxc run <model> "],
    ["check net.pt", "net.pt is a PyTorch checkpoint, not an ONNX graph", "smxc import "],
    ["check net.json", "net.json is a JSON document, not an ONNX graph", "smxc compile "],
    ["inspect pointer.onnx", "is a Git LFS pointer, not a network", "git lfs pull"],
    ["inspect photo.png", "is a PNG picture, not a network", "smxc run <model> "],
    ["diff net.onnx page.onnx", "page.onnx is an HTML page, not an ONNX graph", "browser"],
    ["compile net.pt -o out.onnx", "net.pt is a PyTorch checkpoint, not a network", "smxc import "],
    ["compile photo.png -o out.onnx", "is a PNG picture, not a network", "smxc run <model> "],
    ["compile net.gguf -o out.onnx", "is a GGUF file, not a network", "export the network"],
    ["verify net.onnx net.json", "net.json is a JSON document, not an ONNX graph", "compile it first"],
    ["run photo.png net.json -o out.png", "photo.png is a PNG picture, not a network", "smxc run <model> "],
    ["run net.pt photo.png -o out.png", "net.pt is a PyTorch checkpoint, not a network", "smxc import "],
    ["run net.onnx net.json -o out.png", "net.json is a JSON document, not a picture", "give the model before"],
    ["run net.onnx empty.onnx -o out.png", "empty.onnx is empty", "again"],
    ["routes page.onnx --image photo.png", "page.onnx is an HTML page, not a network", "browser"],
    ["import photo.png -o out.json", "is a PNG picture, not a checkpoint", "smxc run <model> "],
    ["import net.onnx -o out.json", "is an ONNX graph, not a checkpoint", "from which the graph was exported"],
    ["import net.pt -o out.json --config photo.png", "is a PNG picture, not a JSON document", "smxc run <model> "],
    ["compile net.json -o out.onnx --routing fold --beta net.onnx", "is an ONNX graph, not a JSON document", "JSON"],
  ])("%s", async (line, says, hint) => {
    const { code, stdout, stderr } = await run(...line.split(" "));
    expect(code).toBe(1);
    const text = stdout + stderr;
    expect(text).toContain(says);
    expect(text).toContain(hint);
    expect(text.match(/error[ [](?=.*\[?[a-z]+\/)/g)).toHaveLength(1);
    expect(text).not.toContain("wire");
  });

  it("names a file for the shell", async () => {
    copyFileSync(at("photo.png"), at("my 'own' photo.png"));
    const { stdout } = await run("check", at("my 'own' photo.png"));
    expect(stdout).toContain(`smxc run <model> '${at("my '\\''own'\\'' photo.png")}' -o out.png`);
  });

  it("is one finding in the JSON of check, of a file that is not valid", async () => {
    const { stdout } = await run("check", at("pointer.onnx"), "--json");
    expect(JSON.parse(stdout).files).toMatchObject([
      {
        valid: false,
        findings: [{ rule: "onnx/unknown-format", severity: "error", hint: expect.stringContaining("lfs") }],
      },
    ]);
  });
});

describe("the library says it too", () => {
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const cause = await work.catch((caught: unknown) => caught);
    expect(cause).toBeInstanceOf(SmxcError);
    return (cause as SmxcError).message;
  };
  const bytes = (text: string) => new TextEncoder().encode(text);

  it("of documents and of checkpoints", async () => {
    expect(await refusal(compile(bytes(POINTER), undefined))).toContain("model.json is a Git LFS pointer");
    expect(await refusal(importCheckpoint(bytes(POINTER)))).toContain("checkpoint is a Git LFS pointer");
  });
});
