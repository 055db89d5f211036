import type { Provider } from "../providers/provider.js";

/** `unchecked`: smxc cannot judge this part; it is never a verdict that the part is good. */
export type FindingSeverity = "error" | "warning" | "unchecked";

/**
 * Who demands the rule. `official`: `onnx.checker.check_model` refuses a model that breaks it. `full`: it does so with
 * full_check. `strict`: the official checker lets it pass, ONNX Runtime or common sense does not. `target`: an execution
 * provider, when it is asked for. `note`: always shown.
 */
export type RuleScope = "official" | "full" | "strict" | "target" | "note";

export interface Rule {
  readonly scope: RuleScope;
  readonly severity: FindingSeverity;
  /** What must hold, as one sentence. */
  readonly demand: string;
  /** Why a model that breaks it does harm, or where the rule is written. */
  readonly reason: string;
  /** What to do about a model that breaks it. */
  readonly remedy: string;
  /** Of rules about targets: those that it is checked for. */
  readonly targets?: readonly Provider[];
}

export function official(demand: string, reason: string, remedy: string): Rule {
  return { scope: "official", severity: "error", demand, reason, remedy };
}

export function full(demand: string, reason: string, remedy: string): Rule {
  return { scope: "full", severity: "error", demand, reason, remedy };
}

export function strictError(demand: string, reason: string, remedy: string): Rule {
  return { scope: "strict", severity: "error", demand, reason, remedy };
}

export function strictWarning(demand: string, reason: string, remedy: string): Rule {
  return { scope: "strict", severity: "warning", demand, reason, remedy };
}

export function notChecked(demand: string, reason: string, remedy: string): Rule {
  return { scope: "note", severity: "unchecked", demand, reason, remedy };
}

export function targetWarning(targets: readonly Provider[], demand: string, reason: string, remedy: string): Rule {
  return { scope: "target", severity: "warning", targets, demand, reason, remedy };
}

export function targetError(targets: readonly Provider[], demand: string, reason: string, remedy: string): Rule {
  return { scope: "target", severity: "error", targets, demand, reason, remedy };
}
