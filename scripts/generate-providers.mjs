/**
 * Writes src/onnx/providers/{cpu,webgpu}.ts, from the built package (npx tsc -b first):
 *
 *     venv/bin/python scripts/provider-kernels.py > kernels.json
 *     VK_DRIVER_FILES=… node scripts/generate-providers.mjs kernels.json
 *
 * The CPU provider's kernels are those that ONNX Runtime lists of itself. Of WebGPU, and of the WebAssembly build, each
 * operator, version and type is asked for by opening a session (provider-probe.mjs); a software adapter will do. The
 * WebAssembly build must answer like the CPU provider, since wasm.ts says so.
 */
import { readFileSync, writeFileSync } from "node:fs";
import ortNode from "onnxruntime-node";
import * as ortWeb from "onnxruntime-web";
import { loadSchemas } from "../dist/src/onnx/schemas/registry.js";
import { oneNodeModel, probe } from "./provider-probe.mjs";

/** Of ai.onnx, the newest that this ONNX Runtime opens; others follow their own schemas. */
const NEWEST = 26;
const ASKED = [
  "float",
  "float16",
  "double",
  "int64",
  "int32",
  "uint32",
  "bool",
  "uint8",
  "int8",
  "uint4",
  "int4",
  "string",
  "bfloat16",
];
const DOMAINS = new Set(["", "ai.onnx.ml"]);

const [kernelsFile] = process.argv.slice(2);
const { version, kernels } = JSON.parse(readFileSync(kernelsFile, "utf8"));
const ofDomains = [...(await loadSchemas()).all()].filter(({ domain }) => DOMAINS.has(domain));
const versions = new Map();
for (const schema of ofDomains) versions.set(idOf(schema), [...(versions.get(idOf(schema)) ?? []), schema]);

function idOf({ domain, name }) {
  return domain === "" ? name : `${domain}.${name}`;
}

/** An opset in which the schema is in force, not among the first seven, which ONNX Runtime treats as history. */
function opsetOf(schema) {
  const next =
    versions.get(idOf(schema)).find(({ sinceVersion }) => sinceVersion > schema.sinceVersion)?.sinceVersion ??
    NEWEST + 1;
  return schema.domain === "" ? Math.max(schema.sinceVersion, Math.min(next - 1, 17)) : schema.sinceVersion;
}

/** Type variables of a schema with the types of tensors that each may have. */
function variablesOf(schema) {
  const variables = new Map();
  for (const { type, types } of [...schema.inputs, ...schema.outputs]) {
    const tensors = [...types].flatMap((t) => /^tensor\((\w+)\)$/.exec(t)?.[1] ?? []);
    if (tensors.length > 0 && !type.startsWith("tensor(")) variables.set(type, tensors);
  }
  return variables;
}

const wrap = (types) => new Map([...types].map(([variable, type]) => [variable, `tensor(${type})`]));

async function ask(ort, provider, schema, types) {
  let verdict = "unbuildable";
  for (const withShapes of [false, true]) {
    const bytes = oneNodeModel(schema, wrap(types), withShapes, opsetOf(schema));
    if (bytes === null) return verdict;
    verdict = await probe(ort, provider, bytes);
    if (verdict === "native") break;
  }
  return verdict;
}

/** @returns {{ known: boolean, types: Map<string, string[]> | null }} null: no kernel. */
async function askAll(ort, provider, schema) {
  const variables = new Map([...variablesOf(schema)].map(([v, types]) => [v, ASKED.filter((t) => types.includes(t))]));
  const bases = ["float", "int64", "bool", "int32", "uint8"].map(
    (wanted) => new Map([...variables].map(([v, types]) => [v, types.includes(wanted) ? wanted : types[0]])),
  );
  const verdicts = [];
  for (const base of bases) {
    verdicts.push(await ask(ort, provider, schema, base));
    if (verdicts.at(-1) !== "native") continue;
    const types = new Map();
    for (const [v, all] of variables) {
      const native = [];
      for (const type of all)
        if ((await ask(ort, provider, schema, new Map([...base, [v, type]]))) === "native") native.push(type);
      types.set(v, native);
    }
    return { known: true, types };
  }
  return { known: verdicts.some((verdict) => verdict === "cpu" || verdict === "none"), types: null };
}

/** ONNX Runtime's rule: a range without end is for the version that it begins with, since a later one may differ. */
function covers({ first, last }, sinceVersion) {
  return first === sinceVersion || (last !== null && first <= sinceVersion && sinceVersion <= last);
}

/** Constraints of the CPU's kernels for a version, kernels that differ in one of them merged. */
function cpuConstraints(schema) {
  const rows = kernels
    .filter((k) => k.domain === schema.domain && k.operator === schema.name && covers(k, schema.sinceVersion))
    .map(
      (k) =>
        new Map(
          Object.entries(k.types)
            .map(([v, types]) => [v, types.flatMap((t) => /^tensor\((\w+)\)$/.exec(t)?.[1] ?? [])])
            .filter(([, types]) => types.length > 0),
        ),
    );
  for (let merged = true; merged; ) {
    merged = false;
    for (let a = 0; a < rows.length && !merged; a++) {
      for (let b = a + 1; b < rows.length && !merged; b++) {
        const differing = [...rows[a].keys()].filter((v) => rows[a].get(v).join() !== rows[b].get(v)?.join());
        if (rows[a].size !== rows[b].size || differing.length > 1) continue;
        for (const v of differing) rows[a].set(v, [...new Set([...rows[a].get(v), ...rows[b].get(v)])].sort());
        rows.splice(b, 1);
        merged = true;
      }
    }
  }
  return rows;
}

/** Leaves out what the operator's signature says already. */
function constraintText(constraints, schema) {
  const allowed = variablesOf(schema);
  const parameters = new Map([...schema.inputs, ...schema.outputs].map((p) => [p.name, p.types]));
  return [...constraints]
    .filter(([v, types]) => {
      const all =
        allowed.get(v) ?? [...(parameters.get(v) ?? [])].flatMap((t) => /^tensor\((\w+)\)$/.exec(t)?.[1] ?? []);
      return all.some((type) => !types.includes(type));
    })
    .map(([v, types]) => `${v}=${[...types].sort().join(",")}`)
    .join(" ");
}

/** A line per operator; versions with the same constraints together. @param rowsOf texts of constraints per schema. */
async function tableOf(rowsOf) {
  const lines = [];
  for (const [id, all] of versions) {
    const groups = new Map();
    for (const schema of all) {
      if (schema.deprecated || (schema.domain === "" && schema.sinceVersion > NEWEST)) continue;
      for (const text of await rowsOf(schema)) groups.set(text, [...(groups.get(text) ?? []), schema.sinceVersion]);
    }
    const rows = [...groups].map(([text, list]) => `${list.join(",")}${text && ` ${text}`}`);
    if (rows.length > 0) lines.push(`${id} ${rows.join(" | ")}`);
  }
  return withSets(lines);
}

/** Long sets of types that come often get a name. */
function withSets(lines) {
  const counts = new Map();
  for (const [, set] of lines.join("\n").matchAll(/=([\w,]+)/g)) counts.set(set, (counts.get(set) ?? 0) + 1);
  const named = [...counts].filter(([set, count]) => count > 2 && set.length > 20).map(([set]) => set);
  const names = new Map(named.map((set, i) => [set, `@${i + 1}`]));
  const shortened = lines.map((line) =>
    line.replace(/=([\w,]+)/g, (all, set) => (names.has(set) ? `=${names.get(set)}` : all)),
  );
  return [...named.map((set, i) => `@${i + 1} ${set}`), ...shortened].join("\n");
}

const sources = {
  cpu: `onnxruntime ${version}, get_all_opkernel_def()`,
  webgpu: `onnxruntime-node ${version}, sessions of one node with session.disable_cpu_ep_fallback`,
};

function write(provider, text) {
  const head = "// Written by scripts/generate-providers.mjs. Do not edit.\n";
  const body = `import type { KernelTable } from "./kernel-table.js";\n\nexport const ${provider.toUpperCase()}: KernelTable = {\n  source: ${JSON.stringify(sources[provider])},\n  newestOpset: ${NEWEST},\n  text: \`\n${text}\n\`,\n};\n`;
  writeFileSync(new URL(`../src/onnx/providers/${provider}.ts`, import.meta.url), head + body);
}

ortWeb.env.wasm.numThreads = 1;
for (const { env } of [ortNode, ortWeb]) env.logLevel = "fatal";
const show = ({ known, types }) => `${known} ${types && JSON.stringify([...types])}`;
write(
  "cpu",
  await tableOf(async (schema) => {
    const answer = await askAll(ortNode, "cpu", schema);
    const web = await askAll(ortWeb, "wasm", schema);
    if (show(answer) !== show(web))
      throw new Error(`${idOf(schema)} ${schema.sinceVersion}: wasm says ${show(web)}, cpu ${show(answer)}`);
    const rows = cpuConstraints(schema);
    if (rows.length > 0) return rows.map((row) => constraintText(row, schema));
    return answer.types === null ? [] : ["expanded"];
  }),
);
write(
  "webgpu",
  await tableOf(async (schema) => {
    const { known, types } = await askAll(ortNode, "webgpu", schema);
    if (types !== null) return [constraintText(types, schema)];
    return known ? [] : ["?"];
  }),
);
process.exit(0);
