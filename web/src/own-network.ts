/** A network of the user's: read, compiled and offered as an ONNX file. */

import type { Diagnostic } from "../../src/base/diagnostics.js";
import { configValue } from "../../src/frontends/checkpoints/config.js";
import type { Target } from "../../src/lowerings/targets.js";
import { byId, offerFile, withdrawFile } from "./dom.js";
import { Cancelled, type Engine } from "./engine/engine.js";
import type { ImportSettings, ModelFiles, ModelInfo } from "./engine/protocol.js";
import { badSetting, diagnosticsText } from "./errors.js";
import { problemText } from "./problem.js";

const setField = byId("set", HTMLInputElement);
const archField = byId("arch", HTMLSelectElement);
const keyField = byId("key", HTMLInputElement);
const targetField = byId("target", HTMLSelectElement);
const exposeField = byId("expose-beta", HTMLInputElement);
const status = byId("model-status", HTMLParagraphElement);
const problem = byId("model-error", HTMLPreElement);
const saveButton = byId("model-download", HTMLButtonElement);

/** Counts what was begun: only the last may say how it ended. */
let lastWork = 0;

/** The names that `--arch` takes; a test holds them equal to the importers'. */
export const ARCHITECTURES = [
  "rrdb",
  "nsr",
  "compact",
  "nsr-conv",
  "sparse-block",
  "condconv",
  "dynamic-conv",
  "odconv",
  "modulated-conv",
] as const;

for (const name of ARCHITECTURES) archField.append(new Option(name, name));

/** What the fields say, as `smxc import` takes it; or what is wrong with them. */
export function importSettings(): ImportSettings | Diagnostic {
  const pairs = setField.value.split(/[\s,]+/).filter((text) => text !== "");
  const bad = pairs.find((text) => text.indexOf("=") < 1);
  if (bad !== undefined) return badSetting(bad);
  const config = new Map(
    pairs.map((text) => [text.slice(0, text.indexOf("=")), configValue(text.slice(text.indexOf("=") + 1))] as const),
  );
  const key = keyField.value.trim();
  return {
    config,
    ...(archField.value === "" ? {} : { arch: archField.value }),
    ...(key === "" ? {} : { key }),
  };
}

/** Opens and compiles. @returns what was opened; undefined when it cannot be, which the user is told */
export async function openOwn(engine: Engine, files: ModelFiles): Promise<ModelInfo | undefined> {
  const mine = begin(`Reading ${files.file.name}…`);
  try {
    const info = await engine.open(files);
    const what = info.layers === undefined ? "a compiled graph" : `${info.layers} layers`;
    status.textContent = `Read ${files.file.name}: ${info.name}, ${what}.`;
    if (info.warnings.length > 0) showProblem(diagnosticsText(info.warnings));
    if (files.kind !== "graph") await compileOwn(engine, files, info);
    return info;
  } catch (cause) {
    await tell(cause, files, "was not taken", mine);
    return undefined;
  }
}

/** Compiles again, for other fields. */
export async function compileAgain(engine: Engine, files: ModelFiles, info: ModelInfo): Promise<void> {
  const mine = ++lastWork;
  try {
    await compileOwn(engine, files, info);
  } catch (cause) {
    await tell(cause, files, "was not compiled", mine);
  }
}

/** Says what went wrong, all at once, unless something else has begun meanwhile; what the user cut off is no problem. */
async function tell(cause: unknown, files: ModelFiles, outcome: string, mine: number): Promise<void> {
  const text = cause instanceof Cancelled ? undefined : await problemText(cause, files);
  if (mine !== lastWork) return;
  status.textContent = `${files.file.name} ${outcome}.`;
  if (text !== undefined) showProblem(text);
}

/** Compiles for the target of the fields, and offers the file. */
async function compileOwn(engine: Engine, files: ModelFiles, { name }: ModelInfo): Promise<void> {
  withdrawFile(saveButton);
  const target = targetField.value as Target;
  const began = performance.now();
  status.textContent = `Compiling ${name}…`;
  const bytes = await engine.compile({ target, exposeBeta: exposeField.checked });
  const seconds = ((performance.now() - began) / 1000).toFixed(2);
  const file = `${files.file.name.replace(/\.[^.]*$/, "")}.onnx`;
  offerFile(saveButton, file, new Blob([bytes], { type: "application/octet-stream" }));
  saveButton.textContent = `Download ${file}`;
  status.textContent = `Compiled ${name} in ${seconds} s to one graph for any batch, height and width: ${(bytes.length / 1e6).toFixed(2)} MB.`;
}

/** When another target is chosen. */
export function onCompileChoice(use: () => void): void {
  for (const field of [targetField, exposeField]) field.addEventListener("change", use);
}

export function showOwnProblem(text: string): void {
  begin("Nothing was read.");
  showProblem(text);
}

/** @returns the number of what begins */
function begin(text: string): number {
  status.textContent = text;
  problem.hidden = true;
  problem.textContent = "";
  withdrawFile(saveButton);
  return ++lastWork;
}

function showProblem(text: string): void {
  problem.textContent = text;
  problem.hidden = false;
}
