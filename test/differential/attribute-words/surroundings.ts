import {
  bytes,
  FLOAT,
  FLOAT16,
  floats,
  INT32,
  INT64,
  int,
  ints,
  ints64,
  reals,
  STRING,
  type Surroundings,
  text,
  texts,
  UINT8,
  UINT64,
  value,
} from "./graphs.js";

const picture = value("x", FLOAT, 1, 4, 8, 8);
const bytePicture = value("x", UINT8, 1, 1, 8, 8);
const window = [ints("kernel_shape", 2, 2)];
const scalar = (name: string) => floats(name, [], [1]);
const zero = (name: string) => bytes(name, []);
const kernel = floats("w", [4, 4, 3, 3], new Array<number>(144).fill(0.1));
const scales = floats("s", [4], [1, 1, 2, 2]);
const region = floats("roi", [8], [0, 0, 0, 0, 1, 1, 1, 1]);
const absent = { name: "" };

/** `directions` is 2 for bidirectional layers. */
function recurrent(gates: number, directions = 1): Surroundings {
  const weights = (name: string, columns: number) =>
    floats(name, [directions, 4 * gates, columns], new Array<number>(directions * 4 * gates * columns).fill(0.1));
  return {
    versions: [7, 14, 22],
    inputs: [value("x", FLOAT, 2, 1, 3)],
    constants: [weights("w", 3), weights("r", 4)],
    attributes: [int("hidden_size", 4)],
  };
}

const vectors = value("x", FLOAT, 1, 2);
const linear = [reals("coefficients", 1, 2, 1, 2), reals("intercepts", 0, 0)];
const classes = [ints("classlabels_ints", 0, 1)];
const machine = [
  reals("coefficients", 1, -1),
  reals("kernel_params", 1, 0, 3),
  reals("rho", 0),
  reals("support_vectors", 1, 2, 3, 4),
];
const classifier = { versions: [1], inputs: [vectors], outputs: [INT64, FLOAT] };
const regressor = { versions: [1], inputs: [vectors] };
const svmClassifier = [...machine, ints("vectors_per_class", 1, 1), ...classes];
const svmRegressor = [...machine, int("n_supports", 2)];
const branches = [
  ints("nodes_treeids", 0, 0, 0),
  ints("nodes_nodeids", 0, 1, 2),
  ints("nodes_featureids", 0, 0, 0),
  reals("nodes_values", 0.5, 0, 0),
  ints("nodes_truenodeids", 1, 0, 0),
  ints("nodes_falsenodeids", 2, 0, 0),
];
const modes = texts("nodes_modes", ["BRANCH_LEQ", "LEAF", "LEAF"]);
const leaves = (what: string) => [
  ints(`${what}_treeids`, 0, 0),
  ints(`${what}_nodeids`, 1, 2),
  ints(`${what}_ids`, 0, 1),
  reals(`${what}_weights`, 1, 2),
];
const treeClassifier = [...branches, ...leaves("class"), ints("classlabels_int64s", 0, 1)];
const treeRegressor = [...branches, ...leaves("target"), int("n_targets", 2)];
const trees = { versions: [1, 3] };
const branch = (word: string) => [word, "LEAF", "LEAF"];

const sampled = { versions: [16, 20, 22], inputs: [picture, value("grid", FLOAT, 1, 4, 4, 2)] };
const regions = { versions: [10, 16], inputs: [picture, value("rois", FLOAT, 2, 4), value("batch", INT64, 2)] };
const loss = { inputs: [value("x", FLOAT, 2, 3), value("t", INT64, 2)] };

/** By operator and attribute; with several where an attribute is looked at only in some graphs. */
export const SURROUNDINGS: Readonly<Record<string, readonly Surroundings[]>> = {
  "AveragePool auto_pad": [{ versions: [7, 10, 11, 19, 22], inputs: [picture], attributes: window }],
  "MaxPool auto_pad": [{ versions: [1, 8, 10, 11, 12, 22], inputs: [picture], attributes: window }],
  "LpPool auto_pad": [{ versions: [2, 11, 18, 22], inputs: [picture], attributes: window }],
  "Conv auto_pad": [{ versions: [1, 11, 22], inputs: [picture], constants: [kernel] }],
  "ConvTranspose auto_pad": [{ versions: [1, 11, 22], inputs: [picture], constants: [kernel] }],
  "ConvInteger auto_pad": [
    { versions: [10], inputs: [bytePicture], constants: [bytes("w", [1, 1, 3, 3])], gives: INT32 },
  ],
  "QLinearConv auto_pad": [
    {
      versions: [10],
      inputs: [bytePicture],
      constants: [scalar("a"), zero("b"), bytes("w", [1, 1, 3, 3]), scalar("c"), zero("d"), scalar("e"), zero("f")],
      gives: UINT8,
    },
  ],
  "BitShift direction": [{ versions: [11], inputs: [value("x", UINT64, 2), value("z", UINT64, 2)], gives: UINT64 }],
  "Cast round_mode": [{ versions: [24, 25], inputs: [picture], attributes: [int("to", FLOAT16)], gives: FLOAT16 }],
  "CastLike round_mode": [{ versions: [24, 25], inputs: [picture, value("z", FLOAT16, 1)], gives: FLOAT16 }],
  "DepthToSpace mode": [{ versions: [11, 13], inputs: [picture], attributes: [int("blocksize", 2)] }],
  "GRU direction": [recurrent(3)],
  "LSTM direction": [recurrent(4)],
  "RNN direction": [recurrent(1)],
  "GRU activations": [{ ...recurrent(3), texts: (word) => [word, word] }],
  "LSTM activations": [{ ...recurrent(4), texts: (word) => [word, word, word] }],
  "RNN activations": [{ ...recurrent(1), texts: (word) => [word] }],
  "Gelu approximate": [{ versions: [20], inputs: [picture] }],
  "GridSample mode": [sampled],
  "GridSample padding_mode": [sampled],
  "NegativeLogLikelihoodLoss reduction": [{ ...loss, versions: [12, 13, 22] }],
  "SoftmaxCrossEntropyLoss reduction": [{ ...loss, versions: [12, 13] }],
  "Pad mode": [
    { versions: [2], inputs: [picture], attributes: [ints("pads", 0, 0, 1, 1, 0, 0, 1, 1)] },
    {
      versions: [11, 13, 18, 19, 21, 23, 24, 25],
      inputs: [picture],
      constants: [ints64("pads", [0, 0, 1, 1, 0, 0, 1, 1])],
    },
  ],
  "Resize mode": [
    { versions: [10], inputs: [picture], constants: [scales] },
    { versions: [11, 13, 18, 19], inputs: [picture], constants: [region, scales] },
  ],
  "Resize coordinate_transformation_mode": [
    { versions: [11, 13, 18, 19], inputs: [picture], constants: [region, scales] },
    {
      versions: [11, 13, 18, 19],
      inputs: [picture],
      constants: [region, scales],
      attributes: [text("mode", "linear")],
    },
  ],
  "Resize nearest_mode": [{ versions: [11, 13, 18, 19], inputs: [picture], constants: [region, scales] }],
  "Resize keep_aspect_ratio_policy": [
    { versions: [18, 19], inputs: [picture], constants: [absent, absent, ints64("sizes", [1, 4, 16, 16])] },
  ],
  "RoiAlign mode": [regions],
  "RoiAlign coordinate_transformation_mode": [{ ...regions, versions: [16] }],
  "ScatterElements reduction": [
    { versions: [16, 18], inputs: [value("x", FLOAT, 4), value("i", INT64, 2), value("u", FLOAT, 2)] },
  ],
  "ScatterND reduction": [
    { versions: [16, 18], inputs: [value("x", FLOAT, 4), value("i", INT64, 2, 1), value("u", FLOAT, 2)] },
  ],
  "StringNormalizer case_change_action": [
    { versions: [10], inputs: [value("x", STRING, 2)], gives: STRING, skips: ["LOWER", "UPPER"] },
  ],
  "TensorScatter mode": [
    { versions: [24], inputs: [value("x", FLOAT, 1, 2, 4, 4), value("u", FLOAT, 1, 2, 1, 4), value("w", INT64, 1)] },
  ],
  "TfIdfVectorizer mode": [
    {
      versions: [9],
      inputs: [value("x", INT64, 4)],
      attributes: [
        int("max_gram_length", 1),
        int("max_skip_count", 0),
        int("min_gram_length", 1),
        ints("ngram_counts", 0),
        ints("ngram_indexes", 0, 1),
        ints("pool_int64s", 2, 3),
      ],
    },
  ],
  "Upsample mode": [
    { versions: [7], inputs: [picture], attributes: [reals("scales", 1, 1, 2, 2)] },
    { versions: [9], inputs: [picture], constants: [scales] },
  ],
  "ai.onnx.ml.Normalizer norm": [regressor],
  "ai.onnx.ml.LinearRegressor post_transform": [
    { ...regressor, attributes: [reals("coefficients", 1, 2), int("targets", 1)] },
  ],
  "ai.onnx.ml.LinearClassifier post_transform": [{ ...classifier, attributes: [...linear, ...classes] }],
  "ai.onnx.ml.SVMClassifier post_transform": [
    { ...classifier, attributes: [...svmClassifier, text("kernel_type", "RBF")] },
  ],
  "ai.onnx.ml.SVMClassifier kernel_type": [{ ...classifier, attributes: svmClassifier }],
  "ai.onnx.ml.SVMRegressor post_transform": [
    { ...regressor, attributes: [...svmRegressor, text("kernel_type", "RBF")] },
  ],
  "ai.onnx.ml.SVMRegressor kernel_type": [{ ...regressor, attributes: svmRegressor }],
  "ai.onnx.ml.TreeEnsembleClassifier post_transform": [
    { ...classifier, ...trees, attributes: [...treeClassifier, modes] },
  ],
  "ai.onnx.ml.TreeEnsembleClassifier nodes_modes": [
    { ...classifier, ...trees, attributes: treeClassifier, texts: branch, skips: ["LEAF"] },
  ],
  "ai.onnx.ml.TreeEnsembleRegressor post_transform": [
    { ...regressor, ...trees, attributes: [...treeRegressor, modes] },
  ],
  "ai.onnx.ml.TreeEnsembleRegressor aggregate_function": [
    { ...regressor, ...trees, attributes: [...treeRegressor, modes] },
  ],
  "ai.onnx.ml.TreeEnsembleRegressor nodes_modes": [
    { ...regressor, ...trees, attributes: treeRegressor, texts: branch, skips: ["LEAF"] },
  ],
};

/** Layers in both directions have twice the weights. */
export const BIDIRECTIONAL: Readonly<Record<string, Surroundings>> = {
  "GRU direction": recurrent(3, 2),
  "LSTM direction": recurrent(4, 2),
  "RNN direction": recurrent(1, 2),
};

/** Operators that ONNX Runtime 1.30 has no kernel for, or whose graphs onnx-buf cannot write. */
export const NOT_ASKED: readonly string[] = [
  "CausalConvWithState activation",
  "ImageDecoder pixel_format",
  "LinearAttention update_rule",
  "SpaceToDepth mode",
  "ai.onnx.ml.CastMap cast_to",
  "ai.onnx.ml.CastMap map_form",
  "ai.onnx.preview.training.Momentum mode",
];
