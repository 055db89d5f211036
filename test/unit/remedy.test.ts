/** Remedies in the words of those who read them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { option, remedy } from "../../src/base/remedy.js";
import { writeSafetensors } from "../../src/files/safetensors-write.js";
import { compile, type Diagnostic, importCheckpoint, SmxcError } from "../../src/index.js";
import { changedNetwork, put } from "../support/changed-network.js";
import { importOracle, ORACLE_CASES } from "../support/fixtures.js";

it("an option is a flag here and a property there", () => {
  expect(remedy`take ${option("dtype", "float32")}, or ${option("exposeBeta")} of ${2}`).toEqual({
    hint: "take --dtype float32, or --expose-beta of 2",
    libraryHint: 'take dtype: "float32", or exposeBeta of 2',
  });
});

async function refusal(work: Promise<unknown>): Promise<readonly Diagnostic[]> {
  const cause: unknown = await work.then(
    () => expect.unreachable("it should have been refused"),
    (thrown: unknown) => thrown,
  );
  if (!(cause instanceof SmxcError)) throw cause;
  return cause.diagnostics;
}

describe("what the library throws names no flag", () => {
  const document = async () => {
    const { imported, bytes } = await importOracle(ORACLE_CASES.find(({ name }) => name === "nsr-x2")!);
    return { document: { ...imported.document, weights: { file: "w.safetensors" } }, bytes };
  };
  const tensors = (names: readonly string[]) =>
    collect(
      writeSafetensors(
        names.map((name) => ({ name, tensor: { shape: [1], read: async () => Float32Array.of(1) } })),
        new Map(),
      ),
    );

  it.each([
    ["a β of no router", { fold: { betas: new Map([["beta.none", [[1]]]]) } }, "exposeBeta"],
    ["a lack of β", { fold: { betas: new Map() } }, "fold.layers"],
  ])("of %s", async (_, options, word) => {
    const { document: input, bytes } = await document();
    const found = await refusal(compile(input, bytes, options));
    expect(found.some(({ hint }) => hint?.includes(word))).toBe(true);
    for (const diagnostic of found) expect(JSON.stringify(diagnostic)).not.toMatch(/--[a-z]|libraryHint/);
  });

  it("of tensors that it does not know", async () => {
    const found = await refusal(importCheckpoint(await tensors(["fc.weight"])));
    expect(found[0]).toMatchObject({ code: "import/unrecognised", hint: expect.stringContaining("with arch") });
    expect(JSON.stringify(found)).not.toMatch(/--[a-z]|libraryHint/);
  });
});

it("the library reports weights that are not finite", async () => {
  const { imported, bytes } = await changedNetwork(put("body.0.bias", Number.NaN));
  const reported: Diagnostic[] = [];
  const document = { ...imported.document, weights: { file: "w.safetensors" } };
  await compile(document, bytes, { report: (diagnostic) => reported.push(diagnostic) });
  expect(reported).toMatchObject([
    { code: "verify/weights-not-finite", severity: "warning", message: expect.stringContaining('"body.0.bias"') },
  ]);
});

it("hints in src that name a flag are remedies, which have both forms", () => {
  const src = fileURLToPath(new URL("../../src", import.meta.url));
  /** Of commands that only the command line has. */
  const ownWords = /^(onnx[/\\]check|inspect)[/\\]/;
  const plain = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !ownWords.test(path))
    .flatMap((path) =>
      [...readFileSync(join(src, path), "utf8").matchAll(/^\s*hint:.*(?:"|`).* --[a-z].*$/gm)].map(
        ([line]) => `${path}: ${line.trim()}`,
      ),
    );
  // npm's own flag, and a hint that says where its flag belongs.
  expect(plain.filter((line) => !/on the command line|npm install/.test(line))).toEqual([]);
});
