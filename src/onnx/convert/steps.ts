/** The versions that changed an operator of ai.onnx, and what each of them asks for. */
import type { SchemaRegistry } from "../schemas/registry.js";
import type { Converter } from "./converter.js";
import { CONVERTERS } from "./converters.js";
import { UNCHANGED } from "./unchanged.js";

/** The first version whose changes the tables know: files of older ones are not raised. */
export const OLDEST_OPSET = 7;

/** `unlisted`: nothing is known of what the version changed. */
export type Step = "unchanged" | "unlisted" | Converter;

/** The first version after `from`, up to `to`, that has a signature of its own; null where there is none. */
export function nextVersion(schemas: SchemaRegistry, operator: string, from: number, to: number): number | null {
  for (let version = from + 1; version <= to; version++) {
    if (schemas.find("", operator, version)?.sinceVersion === version) return version;
  }
  return null;
}

/** @param version as `nextVersion` gives it for an operator that there is. */
export function stepTo(operator: string, version: number): Step {
  if (version <= OLDEST_OPSET) return "unlisted";
  if (UNCHANGED[operator]?.includes(version)) return "unchanged";
  return CONVERTERS[operator]?.[version] ?? "unlisted";
}

/**
 * Whether all nodes of an operator of ai.onnx mean in version `to` what they mean in `from`, which is not newer, as they
 * are. False where nothing is known, and where there is no such operator in both.
 */
export function sameInBoth(schemas: SchemaRegistry, operator: string, from: number, to: number): boolean {
  if (from > to || schemas.find("", operator, from) === null) return false;
  for (let version = nextVersion(schemas, operator, from, to); version !== null; ) {
    if (stepTo(operator, version) !== "unchanged") return false;
    version = nextVersion(schemas, operator, version, to);
  }
  return true;
}
