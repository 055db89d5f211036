/**
 * Whether protoc takes what `smxc deploy triton` writes for every network that comes with smxc, and refuses what is wrong.
 *
 *     apt-get install protobuf-compiler && npm run build
 *     node test/peers/triton-config.mjs [model_config.proto]
 *
 * The argument is NVIDIA's own schema (triton-inference-server/common, protobuf/model_config.proto); without it that of
 * `schemas/triton` is taken, which is the part that smxc writes.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { NETWORKS } from "../../models/index.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const schema = resolve(process.argv[2] ?? join(ROOT, "schemas/triton/model_config.proto"));
const folder = mkdtempSync(join(tmpdir(), "smxc-triton-"));
const smxc = (...args) =>
  execFileSync(process.execPath, [join(ROOT, "dist/cli/main.js"), ...args, "--quiet"], { cwd: folder });

function encode(text) {
  const args = ["--encode=inference.ModelConfig", `-I${dirname(schema)}`, schema];
  const { status, stdout, stderr } = spawnSync("protoc", args, { input: text });
  return { good: status === 0, bytes: stdout.length, said: String(stderr).trim() };
}

let failed = 0;
function expect(name, wanted, { good, bytes, said }) {
  if (good !== wanted) failed++;
  console.log(`${good === wanted ? "ok  " : "FAIL"} ${name}: ${good ? `${bytes} bytes` : said}`);
}

try {
  for (const { name } of NETWORKS) {
    smxc("compile", name, "-o", `${name}.onnx`, "--no-verify");
    smxc("deploy", "triton", `${name}.onnx`, "-o", "repository");
    const text = readFileSync(join(folder, "repository", name, "config.pbtxt"), "utf8");
    expect(name, true, encode(text));
    expect(`${name}, a field that does not exist`, false, encode(text.replace("max_batch_size", "max_batch")));
    expect(`${name}, a type that does not exist`, false, encode(text.replace("TYPE_FP32", "TYPE_FLOAT")));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
