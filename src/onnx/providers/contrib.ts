/** Operators that ONNX Runtime brings beside those of ONNX. */

/**
 * Of `com.microsoft`, those for which ONNX Runtime 1.30 has a signature: asked of sessions of one node, for every word of
 * its library and of its page of contributed operators. Which provider has a kernel is in no table.
 */
const MICROSOFT =
  "Attention AttnLSTM BeamSearch BiasAdd BiasDropout BiasGelu BiasSoftmax BiasSplitGelu BifurcationDetector " +
  "BitmaskBiasDropout BitmaskDropout CDist CausalConvWithState ComplexMul ComplexMulConj ConvTransposeWithDynamicPads " +
  "CropAndResize DecoderAttention DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention DequantizeBFP " +
  "DequantizeLinear DequantizeWithOrder DynamicQuantizeLSTM DynamicQuantizeMatMul DynamicTimeWarping EPContext " +
  "EmbedLayerNormalization EngramGate ExpandDims FastGelu FusedConv FusedGemm FusedMatMul FusedMatMulActivation " +
  "GatedAdd GatedDeltaNet GatedRMSNorm GatedRelativePositionBias GatherBlockQuantized GatherND Gelu GemmFastGelu " +
  "GemmFloat8 GemmaRotaryEmbedding GreedySearch GridSample GroupNorm GroupQueryAttention Inverse Irfft IsAllFinite " +
  "LinearAttention LinearAttentionGate LongformerAttention MRotaryEmbedding MatMulBlockQuantizedFp4Weight " +
  "MatMulBlockQuantizedFp8Weight MatMulBnb4 MatMulFpQ4 MatMulInteger16 MatMulIntegerToFloat MatMulNBits MatMulNBitsMlp " +
  "MatMulNBitsQkv MaxpoolWithMask MoE MulInteger MultiHeadAttention MurmurHash3 NGramHashMapping NGramRepeatBlock " +
  "NhwcConv NhwcFusedConv NhwcMaxPool PackedAttention PackedMultiHeadAttention Pad PagedAttention QAttention " +
  "QEmbedLayerNormalization QGemm QLinearAdd QLinearAveragePool QLinearConcat QLinearConv QLinearGlobalAveragePool " +
  "QLinearLeakyRelu QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax QLinearWhere QMoE QOrderedAttention " +
  "QOrderedGelu QOrderedLayerNormalization QOrderedLongformerAttention QOrderedMatMul QuantizeBFP QuantizeLinear " +
  "QuantizeWithOrder QuickGelu Range ReduceSumInteger RelativePositionBias RemovePadding RestorePadding Rfft " +
  "RotaryEmbedding SampleOp Sampling SkipGroupNorm SkipLayerNormalization SkipSimplifiedLayerNormalization Snpe " +
  "SparseAttention SparseToDenseMatMul Tokenizer TorchEmbedding TransposeMatMul Trilu UnfoldTensor Unique " +
  "VarlenCausalConvWithState WhisperBeamSearch WordConvEmbedding";

const OPERATORS: ReadonlyMap<string, ReadonlySet<string>> = new Map([["com.microsoft", new Set(MICROSOFT.split(" "))]]);

/** Domains of operators that ONNX Runtime's optimizer and providers put into graphs; no table lists them. */
const INTERNAL_DOMAINS: ReadonlySet<string> = new Set([
  "com.microsoft.nchwc",
  "com.ms.internal.nhwc",
  "com.microsoft.experimental",
]);

/** Whether ONNX Runtime has the operator; null where no table says. */
export function runtimeHas(domain: string, operator: string): boolean | null {
  if (INTERNAL_DOMAINS.has(domain)) return null;
  return OPERATORS.get(domain)?.has(operator) ?? false;
}

/**
 * Newest versions of the domains that ONNX Runtime 1.30 knows, `ai.onnx` by its empty name; it opens no model that
 * imports a later one, and any version of a domain that it does not know (run).
 */
export const NEWEST_DOMAINS: ReadonlyMap<string, number> = new Map([
  ["", 26],
  ["ai.onnx.ml", 5],
  ["ai.onnx.training", 1],
  ["ai.onnx.preview", 1],
  ["ai.onnx.preview.training", 1],
  ["com.microsoft", 1],
  ["com.microsoft.nchwc", 1],
  ["com.microsoft.experimental", 1],
  ["org.pytorch.aten", 1],
]);
