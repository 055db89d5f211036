/** The ONNX items of the list of bad inputs (49 to 57) and the ONNX CVEs, each with the verdict it must get. */
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, StringStringEntryProtoSchema } from "onnx-buf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { modelFolder } from "../../src/onnx/check/external-data-node.js";
import { isValid } from "../../src/onnx/check/finding.js";
import type { RuleId } from "../../src/onnx/check/rules.js";
import { field, tag } from "../unit/onnx-support/wire-writer.js";
import {
  AttributeType,
  appended,
  broken,
  EXTERNAL,
  floatValue,
  graphOf,
  localFunction,
  node,
  type RuleCase,
  soundModel,
  withFunctions,
  withInitializer,
} from "./onnx-rules/case.js";

interface Attack {
  readonly what: string;
  readonly made: RuleCase;
  /** What `smxc check` says without --strict; empty: nothing. */
  readonly rules: readonly RuleId[];
  /** What --strict adds. */
  readonly strict?: readonly RuleId[];
}

const whole = toBinary(ModelProtoSchema, soundModel()) as Uint8Array<ArrayBuffer>;

/** A function that calls itself inside the branch of an If, a Loop or a Scan. */
function hiddenCycle(operator: string, attributeName: string): RuleCase {
  const body = graphOf({
    name: "body",
    node: [{ opType: "f", domain: "local", input: ["x"], output: ["z"] }],
    output: [floatValue("z")],
  });
  const call = node({
    opType: operator,
    input: operator === "Loop" ? ["", "", "x"] : ["x"],
    output: ["y"],
    attribute: [
      { name: attributeName, type: AttributeType.GRAPH, g: body },
      ...(operator === "If" ? [{ name: "else_branch", type: AttributeType.GRAPH, g: body }] : []),
      ...(operator === "Scan" ? [{ name: "num_scan_inputs", type: AttributeType.INT, i: 1n }] : []),
    ],
  });
  const opsetImport = [
    { domain: "", version: 17n },
    { domain: "local", version: 1n },
  ];
  return broken((m) => withFunctions(m, localFunction({ opsetImport, node: [call] })));
}

const attacks: readonly Attack[] = [
  {
    what: "49 a truncated file",
    made: { source: bytesSource("m", whole.slice(0, -1)) },
    rules: ["onnx/wire-length"],
  },
  {
    what: "50 an overlong varint",
    made: appended(tag(5, 0), [...Array(10).fill(0x80), 0]),
    rules: ["onnx/wire-varint"],
  },
  { what: "51 a length past the file", made: appended(tag(2, 2), [0x7f]), rules: ["onnx/wire-length"] },
  {
    what: "52 short raw_data",
    made: broken((m) => withInitializer(m, { dims: [2n], floatData: [], rawData: new Uint8Array(7) })),
    rules: ["onnx/tensor-raw-short"],
  },
  {
    what: "53 dimensions that overflow",
    made: broken((m) => withInitializer(m, { dims: [2n ** 32n, 2n ** 32n] })),
    rules: ["onnx/tensor-dims-overflow"],
  },
  {
    what: "54 nodes out of order",
    made: broken((m) => {
      m.graph!.node.push(node({ opType: "Relu", input: ["x"], output: ["z"] }));
      m.graph!.node[0]!.input = ["z"];
    }),
    rules: ["onnx/graph-topological"],
  },
  {
    what: "56 a zero byte and junk after the model",
    made: appended([0, 0xde, 0xad]),
    rules: [],
    strict: ["onnx/strict-trailing-bytes"],
  },
  {
    what: "57 long raw_data",
    made: broken((m) => withInitializer(m, { floatData: [], rawData: new Uint8Array(400) })),
    rules: [],
    strict: ["onnx/strict-data-long"],
  },
  {
    what: "GHSA-7w46-vvrh-m8q5 a cycle of functions through If",
    made: hiddenCycle("If", "then_branch"),
    rules: ["onnx/function-cycle"],
  },
  {
    what: "GHSA-7w46-vvrh-m8q5 a cycle of functions through Loop",
    made: hiddenCycle("Loop", "body"),
    rules: ["onnx/function-cycle"],
  },
  {
    what: "GHSA-7w46-vvrh-m8q5 a cycle of functions through Scan",
    made: hiddenCycle("Scan", "body"),
    rules: ["onnx/function-cycle"],
  },
  {
    what: "protobufjs CVE-2022-25878 names of Object.prototype",
    made: broken((m) => {
      const [relu] = m.graph!.node;
      m.graph!.node = [
        node({ opType: "Relu", name: "constructor", input: ["x"], output: ["__proto__"] }),
        node({ opType: "Relu", name: "toString", input: ["__proto__"], output: ["hasOwnProperty"] }),
        { ...relu!, input: ["hasOwnProperty"] },
      ];
      m.metadataProps.push(create(StringStringEntryProtoSchema, { key: "__proto__", value: "{}" }));
    }),
    rules: [],
    strict: [],
  },
  {
    what: "CVE-2026-48712 an overlong UTF-8 name",
    made: appended(field(2, [0xc0, 0xaf])),
    rules: [],
    strict: ["onnx/strict-utf8"],
  },
];

const hostile: readonly { readonly what: string; readonly location: string; readonly rule: RuleId | null }[] = [
  { what: "a plain file", location: "w.bin", rule: null },
  { what: "a file in a folder", location: "./inner//w.bin", rule: null },
  { what: "55, CVE-2022-25882 a parent", location: "../x", rule: "onnx/external-location-outside" },
  { what: "CVE-2024-27318 a parent behind a folder", location: "a/../../x", rule: "onnx/external-location-outside" },
  { what: "an absolute path", location: "/etc/passwd", rule: "onnx/external-location-absolute" },
  { what: "an empty path", location: "", rule: "onnx/external-location-empty" },
  { what: "CVE-2026-27489 a symbolic link", location: "link.bin", rule: "onnx/external-symlink" },
  {
    what: "CVE-2026-34447 a parent that is a symbolic link",
    location: "linked/w.bin",
    rule: "onnx/external-contained",
  },
  { what: "CVE-2026-34446 a hard link", location: "twin.bin", rule: "onnx/external-hardlink" },
  { what: "a folder", location: "inner", rule: "onnx/external-regular" },
  { what: "the folder itself", location: ".", rule: "onnx/external-regular" },
  { what: "an absent file", location: "absent.bin", rule: "onnx/external-regular" },
  { what: "CVE-2026-28500 an address", location: "http://example.com/w.bin", rule: "onnx/external-regular" },
  { what: "a name cut by NUL, which reaches the file", location: "w.bin\0x", rule: null },
];

describe("checkFile", () => {
  it.each(attacks)("$what", async ({ made, rules, strict }) => {
    const lenient = await checkFile(made.source);
    expect(lenient.map((f) => f.rule)).toEqual(rules);
    expect(isValid(lenient)).toBe(rules.length === 0);
    if (strict === undefined) return;
    expect((await checkFile(made.source, { strict: true })).map((f) => f.rule)).toEqual(strict);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("external data on disk", () => {
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "smxc-external-"));
    const model = join(folder, "model");
    await mkdir(join(model, "inner"), { recursive: true });
    await mkdir(join(folder, "elsewhere"));
    for (const path of ["model/w.bin", "model/inner/w.bin", "elsewhere/w.bin", "elsewhere/twin.bin"]) {
      await writeFile(join(folder, path), new Uint8Array(16));
    }
    await symlink("w.bin", join(model, "link.bin"));
    await symlink(join(folder, "elsewhere"), join(model, "linked"));
    await link(join(folder, "elsewhere/twin.bin"), join(model, "twin.bin"));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each(hostile)("$what", async ({ location, rule }) => {
    const { source } = external(location);
    const findings = await checkFile(source, { folder: modelFolder(join(folder, "model")) });
    expect(findings.map((f) => f.rule)).toEqual(rule === null ? [] : [rule]);
  });

  it.each([
    ["-1", "8"],
    ["0", "-8"],
    ["0", "99999999999999999999"],
    ["0", "1e1"],
    ["16", "8"],
    ["0", "4"],
  ])("CVE-2026-34445 the range %s, %s is refused by --strict", async (offset, length) => {
    const entries = Object.entries({ offset, length }).map(([key, value]) => ({ key, value }));
    const { source } = external("w.bin", entries);
    const options = { folder: modelFolder(join(folder, "model")) };
    expect(await checkFile(source, options)).toEqual([]);
    const strict = await checkFile(source, { ...options, strict: true });
    expect(strict.map((f) => f.rule)).toEqual(["onnx/strict-external-range"]);
  });

  it("finds NaN in the data file", async () => {
    const path = join(folder, "model/nan.bin");
    await writeFile(path, new Uint8Array(Float32Array.of(0, Number.NaN).buffer));
    const { source } = external("nan.bin");
    const strict = await checkFile(source, { folder: modelFolder(join(folder, "model")), strict: true });
    expect(strict).toMatchObject([
      { rule: "onnx/strict-not-finite", message: expect.stringContaining("the first at 1") },
    ]);
  });

  it("GHSA-q56x-g2fj-4rj6 opens nothing that became a link after it was judged", async () => {
    const path = join(folder, "model/swapped.bin");
    await symlink(join(folder, "elsewhere/w.bin"), path);
    expect(await modelFolder(join(folder, "model")).open("swapped.bin")).toBeNull();
    expect(await modelFolder(join(folder, "model")).open("twin.bin")).toBeNull();
  });

  function external(value: string, more: { key: string; value: string }[] = []): RuleCase {
    return broken((m) =>
      withInitializer(m, {
        dims: [2n],
        floatData: [],
        dataLocation: EXTERNAL,
        externalData: [{ key: "location", value }, ...more],
      }),
    );
  }
});
