/** Commands that write, as processes that can be ended or starved in the middle. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collect } from "../../src/base/bytes/byte-source.js";
import { openUnnamed } from "../../src/base/bytes/unnamed-file-node.js";
import { writeSafetensors } from "../../src/files/safetensors-write.js";
import { encodeImage } from "../../src/pictures/image-node.js";
import { type Network, networkTensors } from "../property/networks/network.js";
import { MAIN, succeed } from "../support/cli.js";

export interface WritingCommand {
  readonly name: string;
  /** Of `smxc`, run beside the inputs. */
  readonly argv: readonly string[];
  /** Under `out/`, in the order in which they are put in place. */
  readonly outputs: readonly string[];
}

/** What is written beside outputs, of which a killed command may leave any part. */
const BESIDE: ReadonlySet<string> = new Set([".smxc"]);

export const WRITING: readonly WritingCommand[] = [
  {
    name: "import",
    argv: ["import", "net.safetensors", "-o", "out/m.json", "--set", "patch=48"],
    outputs: ["m.weights.safetensors", "m.json"],
  },
  { name: "compile", argv: ["compile", "m.json", "-o", "out/g.onnx", "--no-verify"], outputs: ["g.onnx"] },
  {
    name: "compile with external data",
    argv: ["compile", "m.json", "-o", "out/g.onnx", "--no-verify", "--external-data"],
    outputs: ["g.onnx.data", "g.onnx"],
  },
  { name: "run", argv: ["run", "same.json", "in.png", "-o", "out/p.png"], outputs: ["p.png"] },
  {
    name: "run of a folder, resumed",
    argv: ["run", "same.json", "photos", "-o", "out", "--resume", "--jobs", "1"],
    outputs: ["p0.png", "p1.png", "p2.png"],
  },
];

/** Some megabytes of weights, so that writing them takes a moment. */
const NETWORK: Network = {
  units: 64,
  blocks: 3,
  experts: 8,
  cardinals: 16,
  width: 1,
  scale: 2,
  channels: 3,
  frames: 1,
  skip: true,
  spelling: "weight_norm",
  parallel: false,
  seed: 1,
};

const SAME = `{
  "version": 1, "name": "same", "image": {"range":[0,1],"color":"rgb","scale":1},
  "inputs": [{"name":"x","shape":["N",3,"H","W"]}],
  "layers": [{"name":"y","op":"relu","in":"x"}],
  "outputs": ["y"]
}
`;

/** What the commands read: a checkpoint, a document with its weights, a picture of noise. */
export async function layOutInputs(folder: string): Promise<void> {
  const checkpoint = await collect(writeSafetensors(networkTensors(NETWORK), new Map()));
  writeFileSync(join(folder, "net.safetensors"), checkpoint);
  writeFileSync(join(folder, "same.json"), SAME);
  const [width, height] = [512, 384];
  const data = checkpoint.slice(checkpoint.length - 3 * width * height);
  const picture = { width, height, channels: 3, bitDepth: 8, data } as const;
  const png = await encodeImage(picture, "in.png", () => {});
  writeFileSync(join(folder, "in.png"), png);
  mkdirSync(join(folder, "photos"));
  for (const name of ["p0.png", "p1.png", "p2.png"]) writeFileSync(join(folder, "photos", name), png);
  await succeed(["import", "net.safetensors", "-o", "m.json"], folder);
}

/** What the outputs hold before a command: nothing that it would write. */
export function layOutOld(folder: string, { outputs }: WritingCommand): void {
  rmSync(join(folder, "out"), { recursive: true, force: true });
  mkdirSync(join(folder, "out"));
  for (const name of outputs) writeFileSync(join(folder, "out", name), oldContent(name));
}

export const oldContent = (name: string): string => `the old ${name}`;
export const oldHash = (name: string): string => sha256(oldContent(name));

/** The files of the outputs' folder, with the hash of what is in them. */
export function written(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(join(folder, "out"))
    .filter((name) => !BESIDE.has(name))
    .sort();
  return new Map(names.map((name) => [name, sha256(readFileSync(join(folder, "out", name)))]));
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly milliseconds: number;
}

/** When a process is ended: some time after it was started, or after it began to write. */
export interface Moment {
  readonly after: "start" | "draft";
  readonly milliseconds: number;
}

/** Starts a command, and sends it a signal at the moment, if there is one and it still runs. */
export function start(folder: string, { argv }: WritingCommand, signal?: NodeJS.Signals, at?: Moment): Promise<Ended> {
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd: folder, stdio: "ignore" });
  if (signal !== undefined && at !== undefined) sendAt(child, join(folder, "out"), signal, at);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, by) => resolve({ code, signal: by, milliseconds: performance.now() - began }));
  });
}

function sendAt(child: ChildProcess, folder: string, signal: NodeJS.Signals, { after, milliseconds }: Moment): void {
  const send = (): void => {
    const timer = setTimeout(() => child.kill(signal), milliseconds);
    child.on("close", () => clearTimeout(timer));
  };
  if (after === "start") {
    send();
    return;
  }
  const draft = setInterval(() => {
    if (!isWriting(child, folder)) return;
    clearInterval(draft);
    send();
  }, 1);
  child.on("close", () => clearInterval(draft));
}

/** Whether a process has a draft in a folder: a file without a name among those that it has open, or a temporary. */
function isWriting({ pid }: ChildProcess, folder: string): boolean {
  if (!UNNAMED) return readdirSync(folder).some((name) => TEMPORARY.test(name));
  try {
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    return open.some((path) => path.startsWith(`${folder}/#`));
  } catch {
    // It has ended, or closed one of them meanwhile.
    return false;
  }
}

/** Whether the system has files without a name: then not even a kill leaves a temporary. */
export const UNNAMED = await hasUnnamedFiles();

async function hasUnnamedFiles(): Promise<boolean> {
  const file = await openUnnamed(tmpdir());
  await file?.close();
  return file !== undefined;
}

/** The names of temporaries, with what they are to become. */
export const TEMPORARY = /^\.(.+)\.smxc-\d+\.tmp$/;
