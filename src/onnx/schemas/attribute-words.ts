/**
 * Attributes that take one of a few words, from the texts of the operators in onnx 1.23.1. What ONNX Runtime 1.30 makes
 * of each word was asked of it: a test opens a graph for every row.
 */
import { nearest } from "../../base/nearest.js";
import type { Schema } from "./registry.js";

export interface Vocabulary {
  readonly attribute: string;
  /** The words, by the version of the operator since which they hold, ascending. */
  readonly versions: readonly Version[];
  /** Whether `Tanh` and `tanh` are one word. */
  readonly ignoresCase: boolean;
  /** What ONNX Runtime opens where that is not what ONNX defines. */
  readonly runtime: Runtime | null;
}

type Version = readonly [since: number, words: readonly string[]];

/** Its words, in any case where `ignoresCase`; null: it does not look at the word, or has no such operator. */
interface Runtime {
  readonly words: readonly string[] | null;
  readonly ignoresCase?: boolean;
  /** It looks at the word only where another attribute has this value, which is also the default. */
  readonly onlyWith?: readonly [attribute: string, value: string];
}

interface Row extends Vocabulary {
  readonly operators: readonly string[];
}

function row(
  operators: string,
  attribute: string,
  words: string | readonly Version[],
  { ignoresCase = false, runtime = null }: Partial<Vocabulary> = {},
): Row {
  return {
    operators: operators.split(" "),
    attribute,
    versions: typeof words === "string" ? [[1, words.split(" ")]] : words,
    ignoresCase,
    runtime,
  };
}

function since(version: number, words: string): Version {
  return [version, words.split(" ")];
}

const ACTIVATIONS = "Relu Tanh Sigmoid Affine LeakyRelu ThresholdedRelu ScaledTanh HardSigmoid Elu Softsign Softplus";
const COORDINATES = "half_pixel pytorch_half_pixel align_corners asymmetric tf_crop_and_resize";
const TREES = "ai.onnx.ml.TreeEnsembleClassifier ai.onnx.ml.TreeEnsembleRegressor";
const LOSSES = "NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss";
const POST_TRANSFORMED = `${TREES} ai.onnx.ml.LinearClassifier ai.onnx.ml.LinearRegressor ai.onnx.ml.SVMClassifier ai.onnx.ml.SVMRegressor`;
const IGNORED = { runtime: { words: null } } as const;

/** Operators of other domains than ai.onnx have it before them. */
const ROWS: readonly Row[] = [
  row(
    "AveragePool Conv ConvInteger ConvTranspose LpPool MaxPool QLinearConv",
    "auto_pad",
    "NOTSET SAME_UPPER SAME_LOWER VALID",
    { runtime: { words: ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", ""] } },
  ),
  row("BitShift", "direction", "LEFT RIGHT"),
  row("Cast", "round_mode", "up down nearest", { runtime: { words: ["up"] } }),
  row("CastLike", "round_mode", "up down nearest", IGNORED),
  row("CausalConvWithState", "activation", "none silu swish", IGNORED),
  row("DepthToSpace", "mode", "DCR CRD"),
  row("GRU LSTM RNN", "direction", "forward reverse bidirectional"),
  row("GRU LSTM", "activations", ACTIVATIONS, { ignoresCase: true }),
  row("RNN", "activations", ACTIVATIONS),
  row("Gelu", "approximate", "none tanh", IGNORED),
  row("GridSample", "mode", [since(16, "bilinear nearest bicubic"), since(20, "linear nearest cubic")]),
  row("GridSample", "padding_mode", "zeros border reflection"),
  row("ImageDecoder", "pixel_format", "RGB BGR Grayscale", IGNORED),
  row("LinearAttention", "update_rule", "linear gated delta gated_delta", IGNORED),
  row(LOSSES, "reduction", "none sum mean", IGNORED),
  row("Pad", "mode", [since(1, "constant reflect edge"), since(19, "constant reflect edge wrap")], {
    runtime: { words: ["constant", "reflect", "edge", "wrap"] },
  }),
  row("Resize", "mode", [since(10, "nearest linear"), since(11, "nearest linear cubic")], {
    runtime: { words: ["nearest", "linear", "cubic"] },
  }),
  row(
    "Resize",
    "coordinate_transformation_mode",
    [
      since(11, `${COORDINATES} tf_half_pixel_for_nn`),
      since(13, COORDINATES),
      since(19, `${COORDINATES} half_pixel_symmetric`),
    ],
    { runtime: { words: [...COORDINATES.split(" "), "tf_half_pixel_for_nn", "half_pixel_symmetric"] } },
  ),
  row("Resize", "nearest_mode", "round_prefer_floor round_prefer_ceil floor ceil", {
    runtime: { words: ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil", ""], onlyWith: ["mode", "nearest"] },
  }),
  row("Resize", "keep_aspect_ratio_policy", "stretch not_larger not_smaller"),
  row("RoiAlign", "mode", "avg max", { runtime: { words: ["avg", "max"], ignoresCase: true } }),
  row("RoiAlign", "coordinate_transformation_mode", "half_pixel output_half_pixel", IGNORED),
  row(
    "ScatterElements ScatterND",
    "reduction",
    [since(16, "none add mul"), since(18, "none add mul max min")],
    IGNORED,
  ),
  row("SpaceToDepth", "mode", "DCR CRD", IGNORED),
  row("StringNormalizer", "case_change_action", "LOWER UPPER NONE"),
  row("TensorScatter", "mode", "linear circular"),
  row("TfIdfVectorizer", "mode", "TF IDF TFIDF"),
  row("Upsample", "mode", [since(1, "nearest bilinear"), since(7, "nearest linear")], {
    runtime: { words: ["nearest", "linear", "cubic"] },
  }),
  row("ai.onnx.ml.CastMap", "cast_to", "TO_FLOAT TO_STRING TO_INT64"),
  row("ai.onnx.ml.CastMap", "map_form", "DENSE SPARSE"),
  row("ai.onnx.ml.Normalizer", "norm", "MAX L1 L2"),
  row("ai.onnx.ml.SVMClassifier ai.onnx.ml.SVMRegressor", "kernel_type", "LINEAR POLY RBF SIGMOID"),
  row("ai.onnx.ml.TreeEnsembleRegressor", "aggregate_function", "AVERAGE SUM MIN MAX"),
  row(TREES, "nodes_modes", "BRANCH_LEQ BRANCH_LT BRANCH_GTE BRANCH_GT BRANCH_EQ BRANCH_NEQ LEAF"),
  row(POST_TRANSFORMED, "post_transform", "NONE SOFTMAX LOGISTIC SOFTMAX_ZERO PROBIT"),
  row("ai.onnx.preview.training.Momentum", "mode", "standard nesterov", IGNORED),
];

const byOperator = new Map<string, readonly Vocabulary[]>();
for (const { operators, ...vocabulary } of ROWS) {
  for (const operator of operators) byOperator.set(operator, [...(byOperator.get(operator) ?? []), vocabulary]);
}

/** The attributes of an operator that take one of a few words. */
export function vocabulariesOf({ domain, name }: Pick<Schema, "domain" | "name">): readonly Vocabulary[] {
  return byOperator.get(domain === "" ? name : `${domain}.${name}`) ?? [];
}

/** Every operator with such attributes, other domains than ai.onnx before it. */
export function operatorsWithWords(): Iterable<string> {
  return byOperator.keys();
}

/** The words that an attribute may have in a version of its operator. */
export function wordsOf({ versions }: Vocabulary, sinceVersion: number): readonly string[] {
  return versions.findLast(([since]) => since <= sinceVersion)?.[1] ?? [];
}

/** What ONNX calls the ways that training frameworks name otherwise. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["replicate", "edge"],
  ["circular", "wrap"],
  ["zeros", "constant"],
  ["reflection", "reflect"],
  ["bilinear", "linear"],
  ["trilinear", "linear"],
  ["bicubic", "cubic"],
  ["linear", "bilinear"],
  ["cubic", "bicubic"],
  ["SAME", "SAME_UPPER"],
]);

/** The word that is most likely meant by another. */
export function meantWord(word: string, words: readonly string[]): string | undefined {
  const other = OTHER_NAMES.get(word);
  if (other !== undefined && words.includes(other)) return other;
  return word === "" ? undefined : (words.find((each) => isWord(word, [each], true)) ?? nearest(word, words));
}

/** Whether ONNX Runtime 1.30 opens a node with the word, where it looks at the word at all. */
export function runtimeOpens(word: string, vocabulary: Vocabulary, sinceVersion: number): boolean {
  const { runtime, ignoresCase } = vocabulary;
  if (runtime === null) return isWord(word, wordsOf(vocabulary, sinceVersion), ignoresCase);
  return runtime.words === null || isWord(word, runtime.words, runtime.ignoresCase ?? false);
}

export function isWord(word: string, words: readonly string[], ignoresCase: boolean): boolean {
  return ignoresCase ? words.some((each) => each.toLowerCase() === word.toLowerCase()) : words.includes(word);
}
