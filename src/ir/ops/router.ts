/** What a router is made of. */
import type { Activation } from "./activations.js";

/** One stage of a router's perceptron. `linear`, `scale_shift` (a folded BatchNorm) and `prelu` read their tensors from the inputs. */
export type RouterStage =
  | { readonly kind: "linear"; readonly bias: boolean }
  | { readonly kind: "scale_shift" }
  | { readonly kind: "prelu" }
  | { readonly kind: "activation"; readonly activation: Activation };

/** How logits become weights: softmax over experts, sigmoid, or as they are. */
export type Normaliser = "softmax" | "sigmoid" | "identity";

/**
 * β = normalise(MLP(pool x) / temperature), shape [N, experts, cardinals].
 * Inputs: x [N,C,H,W], pooled to its mean, or a vector [N,C]; then the tensors of the stages in order: linear weight
 * [rows,columns] and bias [rows]; scale and shift [columns]; slopes [columns] or [1]. The last stage's rows are expert-major (`view(k,d)`).
 */
export interface RouteAttributes {
  readonly experts: number;
  readonly cardinals: number;
  readonly stages: readonly RouterStage[];
  readonly temperature: number;
  readonly normalise: Normaliser;
}
