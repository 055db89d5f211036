// Written by scripts/generate-providers.mjs. Do not edit.
import type { KernelTable } from "./kernel-table.js";

export const WEBGPU: KernelTable = {
  source: "onnxruntime-node 1.30.0, sessions of one node with session.disable_cpu_ep_fallback",
  newestOpset: 26,
  text: `
@1 float,float16,int32,uint32
@2 bool,float,float16,int32,uint32,uint8
@3 bool,float,float16,int32,uint32
Abs 6,13 T=float,float16
Acos 7 T=float,float16
Acosh 9 T=float,float16
Add 7,13,14 T=@1
And 7
ArgMax 1,11,12,13 T=@1
ArgMin 1,11,12,13 T=@1
Asin 7 T=float,float16
Asinh 9 T=float,float16
Atan 7 T=float,float16
Atanh 9 T=float,float16
AveragePool 7,10,11,19,22 T=float,float16
BatchNormalization 7,9 T=float,float16 | 14 T=float,float16 U=double,float,float16 | 15 T=float,float16 T1=double,float,float16 T2=double,float,float16
Cast 1 ? | 6,9,13,19,21,23,24,25 T1=@2 T2=bool,float,float16,int32,int64,uint32,uint8
CastLike 15,19,21,23,24,25 T1=@2 T2=bool,float,float16,int32,int64,uint32,uint8
Ceil 6,13 T=float,float16
Clip 11 T=float,float16 | 12,13 T=@1
Concat 4,11,13 T=@1
ConcatFromSequence 11 ?
Constant 1,9,11,12,13,19,21,23,24,25 ?
Conv 1,11,22 T=float,float16
ConvTranspose 1,11 T=float,float16
Cos 7 T=float,float16
Cosh 9 T=float,float16
CumSum 11 T=float,int32,uint32 | 14 T=@1
DFT 17,20 T1=float,float16
DepthToSpace 11,13 T=float,float16
DequantizeLinear 10,13 | 19 T1=int32,int8,uint8 T2=float,float16 | 21 T1=int32,int4,int8,uint4,uint8 T2=float,float16 | 23 T1=int32,int4,int8,uint4,uint8 T2=float T3=float
Div 7,13,14 T=@1
Einsum 12 T=float,float16
Elu 6 T=float,float16
Equal 7 T=int32 | 11,13,19 T=@1
Erf 9,13 T=float,float16
Exp 6,13 T=float,float16
Expand 8,13 T=@2
Flatten 1 T=float,float16 | 9,11,13,21 T=@3
Floor 6,13 T=float,float16
GRU 1 ? | 7,14 T=float
Gather 1,11,13 T=@2
GatherElements 11,13 T=float,float16
GatherND 11,12,13 T=@1
Gelu 20 T=float,float16
Gemm 7 T=float,float16 | 9,11,13 T=@1
GlobalAveragePool 1 T=float,float16
GlobalMaxPool 1 T=float,float16
Greater 7 T=float,float16 | 9,13 T=@1
GreaterOrEqual 12,16 T=@1
GridSample 16 T1=float,float16 T2=float,float16
HardSigmoid 6 T=float,float16
HardSwish 14 T=float,float16
Identity 1,13 T=@1 | 14,16,19,21,23,24,25 V=@1
If 1,11,13,16,19,21 V=bool,double,float,float16,int32,int64,int8,uint32,uint8
InstanceNormalization 6,22 T=float,float16
LSTM 7,14 T=float
LayerNormalization 17 T=float,float16
LeakyRelu 6,16 T=float,float16
Less 7 T=float,float16 | 9,13 T=@1
LessOrEqual 12,16 T=@1
Log 6,13 T=float,float16
LpNormalization 1,22 T=float,float16
MatMul 1,9,13 T=float,float16
Max 8 T=float,float16 | 12,13 T=@1
MaxPool 1,8,10,11,12 T=float,float16
Min 8 T=float,float16 | 12,13 T=@1
Mish 18,22 T=float,float16
Mul 7,13,14 T=@1
Neg 6,13 T=float,float16
NegativeLogLikelihoodLoss 12,13,22 T=float,float16 Tind=int32
Not 1
Optional 15 ?
OptionalGetElement 15 ?
OptionalHasElement 15 ?
PRelu 7,9 T=float,float16 | 16 T=@1
Pad 2 T=float,float16 | 11,13,18,19,21,23 T=@1
Pow 7 T=float,float16 | 12,13,15 T=float,float16,int32 T1=@1
RMSNormalization 23 T=float,float16 V=float,float16
Range 11 T=float,int32
Reciprocal 6,13 T=float,float16
ReduceL1 1,11,13,18 T=@1
ReduceL2 1,11,13,18 T=@1
ReduceLogSum 1,11,13,18 T=@1
ReduceLogSumExp 1,11,13,18 T=@1
ReduceMax 1,11,12,13,18,20 T=@1
ReduceMean 1,11,13,18 T=@1
ReduceMin 1,11,12,13,18,20 T=@1
ReduceProd 1,11,13,18 T=@1
ReduceSum 1,11,13 T=@1
ReduceSumSquare 1,11,13,18 T=@1
Relu 6,13,14 T=float,float16
Reshape 5,13,14,19,21,23,24,25 T=@2
Resize 10 T=@1 | 11,13,18,19 T1=@1
RotaryEmbedding 23 T=float,float16
Scan 8 ?
ScatterElements 11,13,16,18 T=@1
ScatterND 11,13,16,18 T=@1
SequenceAt 11 ?
SequenceErase 11 ?
SequenceInsert 11 ?
SequenceLength 11 ?
SequenceMap 17 ?
Shape 1,13,15,19,21,23,24 T=@1
Sigmoid 6,13 T=float,float16
Sin 7 T=float,float16
Sinh 9 T=float,float16
Slice 1,10,11,13 T=float,float16
Softmax 1,11,13 T=float,float16
Softplus 1,22 T=float,float16
Split 2,11,13,18 T=@1
Sqrt 6,13 T=float,float16
Squeeze 1,11,13,21,23,24 T=@1
Sub 7,13,14 T=@1
Swish 24 T=float,float16
Tan 7 T=float,float16
Tanh 6,13 T=float,float16
ThresholdedRelu 10 T=float,float16
Tile 6,13 T=@1
TopK 1,10,11,24 T=float,float16
Transpose 1,13,21,23,24 T=@1
Trilu 14 T=@1
Unsqueeze 1,11,13,21,23,24,25 T=@3
Upsample 1 ?
Where 9,16 T=@3
ai.onnx.ml.CastMap 1 ?
ai.onnx.ml.CategoryMapper 1 ?
ai.onnx.ml.DictVectorizer 1 ?
ai.onnx.ml.LabelEncoder 1,2,4 ?
ai.onnx.ml.LinearClassifier 1 ?
ai.onnx.ml.OneHotEncoder 1 ?
ai.onnx.ml.TreeEnsemble 5 ?
ai.onnx.ml.TreeEnsembleClassifier 3 ?
ai.onnx.ml.ZipMap 1 ?
`,
};
