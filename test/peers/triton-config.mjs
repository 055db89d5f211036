/**
 * Whether protoc takes what `smxc deploy triton` writes for every network that comes with smxc, and refuses what is wrong.
 *
 *     apt-get install protobuf-compiler && npm run build
 *     node test/peers/triton-config.mjs [model_config.proto]
 *
 * The argument is NVIDIA's own schema (triton-inference-server/common, protobuf/model_config.proto): with it the bytes by
 * that schema are compared with those by `schemas/triton`, the part that smxc knows.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { NETWORKS } from "../../models/index.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const OWN = join(ROOT, "schemas/triton/model_config.proto");
const schemas = process.argv[2] === undefined ? [OWN] : [OWN, resolve(process.argv[2])];
const folder = mkdtempSync(join(tmpdir(), "smxc-triton-"));
const smxc = (...args) =>
  execFileSync(process.execPath, [join(ROOT, "dist/cli/main.js"), ...args, "--quiet"], { cwd: folder });

function encode(text, schema) {
  const args = ["--encode=inference.ModelConfig", "--deterministic_output", `-I${dirname(schema)}`, schema];
  const { status, stdout, stderr } = spawnSync("protoc", args, { input: text });
  return { good: status === 0, bytes: stdout.toString("base64"), said: String(stderr).trim() };
}

/** What people add, of what smxc knows and does not write. */
const TUNED = `
version_policy { specific { versions: [1, 3] } }
default_model_filename: "model.onnx"
response_cache { enable: true }
instance_group { kind: KIND_GPU count: 2 gpus: [0, 1] }
`;
const tuned = (text) =>
  `${text}${TUNED}`
    .replace("dynamic_batching {", "dynamic_batching { preferred_batch_size: [4, 8] preserve_ordering: true")
    .replace(
      "optimization {",
      'optimization { execution_accelerators { gpu_execution_accelerator { name: "tensorrt" } }',
    );

let failed = 0;
/** By every schema, with the same bytes. */
function expect(name, wanted, text) {
  const results = schemas.map((schema) => encode(text, schema));
  const { good, bytes, said } = results[0];
  const isRight = results.every((each) => each.good === wanted && each.bytes === bytes);
  if (!isRight) failed++;
  console.log(`${isRight ? "ok  " : "FAIL"} ${name}: ${good ? `${Buffer.from(bytes, "base64").length} bytes` : said}`);
}

try {
  for (const { name } of NETWORKS) {
    smxc("compile", name, "-o", `${name}.onnx`, "--no-verify");
    smxc("deploy", "triton", `${name}.onnx`, "-o", "repository");
    const text = readFileSync(join(folder, "repository", name, "config.pbtxt"), "utf8");
    expect(name, true, text);
    expect(`${name}, tuned`, true, tuned(text));
    expect(`${name}, a field that does not exist`, false, text.replace("max_batch_size", "max_batch"));
    expect(`${name}, a type that does not exist`, false, text.replace("TYPE_FP32", "TYPE_FLOAT"));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
