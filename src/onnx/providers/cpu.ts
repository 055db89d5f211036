// Written by scripts/generate-providers.mjs. Do not edit.
import type { KernelTable } from "./kernel-table.js";

export const CPU: KernelTable = {
  source: "onnxruntime 1.30.0, get_all_opkernel_def()",
  newestOpset: 26,
  text: `
@1 double,float,int16,int32,int64,int8,uint16,uint32,uint64,uint8
@2 double,float,int32,int64,uint32,uint64
@3 double,float,int32,int64,int8,uint8
@4 bfloat16,bool,double,float,float16,float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,int16,int2,int32,int4,int64,int8,string,uint16,uint2,uint32,uint4,uint64,uint8
@5 double,float,float16,int32,int64,int8,uint32,uint64,uint8
@6 bfloat16,bool,double,float,float16,int16,int32,int64,int8,string,uint16,uint32,uint64,uint8
@7 double,float,int32,int64
@8 double,float,int8,uint8
@9 bool,double,float,int16,int32,int64,int8,string,uint16,uint32,uint64,uint8
@10 bfloat16,bool,double,float,float16,float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,int16,int32,int64,int8,string,uint16,uint32,uint64,uint8
@11 float,int32,int8,uint8
Abs 6,13 T=@1
Acos 7,22 T=float
Acosh 9,22 T=float
Add 7,13 T=@2 | 14 T=@1
AffineGrid 20 T1=double,float
And 7
ArgMax 1,11,12,13 T=@3
ArgMin 1,11,12,13 T=@3
Asin 7,22 T=float
Asinh 9,22 T=float
Atan 7,22 T=float
Atanh 9,22 T=float
Attention 23,24 T1=float T2=float U=bool,float | 23,24 T1=float16 T2=float16 U=bool,float16 | 25 expanded
AveragePool 7,10,11,19,22 T=float
BatchNormalization 7,9 T=double,float | 14 T=float U=float | 14 T=double U=double | 15 T=float T1=float T2=float | 15 T=double T1=double T2=double
Bernoulli 15 expanded
BitCast 26 T1=bfloat16,double,float,float16,int16,int32,int64,int8,uint16,uint32,uint64,uint8 T2=bfloat16,double,float,float16,int16,int32,int64,int8,uint16,uint32,uint64,uint8
BitShift 11 T=uint32,uint64,uint8
BitwiseAnd 18
BitwiseNot 18
BitwiseOr 18
BitwiseXor 18
BlackmanWindow 17 T2=@1
Cast 6,9,13,19,21 | 23 T1=@4 T2=@4 | 24,25 T1=bfloat16,bool,double,float,float16,float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,float8e8m0,int16,int2,int32,int4,int64,int8,string,uint16,uint2,uint32,uint4,uint64,uint8 T2=bfloat16,bool,double,float,float16,float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,float8e8m0,int16,int2,int32,int4,int64,int8,string,uint16,uint2,uint32,uint4,uint64,uint8
CastLike 15,19,21,23,24,25 expanded
Ceil 6,13 T=double,float
Celu 12
CenterCropPad 18 expanded
Clip 6,11 T=float | 12,13 T=@5
Col2Im 18 T=float
Compress 9,11 T=@6
Concat 4,11,13 T=@6
ConcatFromSequence 11
ConstantOfShape 9,20 | 21,23,24,25 T2=bfloat16,bool,double,float,float16,float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,int16,int32,int64,int8,uint16,uint32,uint64,uint8
Conv 1,11,22 T=float
ConvInteger 10
ConvTranspose 1,11,22 T=float
Cos 7,22 T=double,float
Cosh 9,22 T=float
CumProd 26 T=@2
CumSum 11,14 T=@7
DFT 17,20 T1=double,float
DeformConv 19,22 T=double,float
DepthToSpace 1 T=double,float | 11,13 T=@8
DequantizeLinear 10,13 | 19,21 T2=float,float16 | 23,24 T1=float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,int16,int32,int4,int8,uint16,uint4,uint8 T2=float,float16 | 25 T1=float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,int16,int2,int32,int4,int8,uint16,uint2,uint4,uint8 T2=float,float16
Det 11,22 T=float
Div 7,13 T=@2 | 14 T=@1
Dropout 7,10 | 12,13,22 T=double,float T1=double,float
DynamicQuantizeLinear 11
Einsum 12 T=@7
Elu 6,22 T=float
Equal 7 | 11,13 T=bool,double,float,int16,int32,int64,int8,uint16,uint32,uint64,uint8 | 19 T=@9
Erf 9,13 T=float
Exp 6,13 T=double,float
Expand 8,13 T=bool,double,float,float16,int16,int32,int64,int8,string,uint16,uint32,uint64,uint8
EyeLike 9,22 T1=double,float,int32,int64,uint64 T2=double,float,int32,int64,uint64
Flatten 1 | 9,11,13,21,23,24,25 T=@6
Floor 6,13 T=double,float
GRU 7,14,22 T=double,float
Gather 1,11,13 T=@6
GatherElements 11,13 T=@6
GatherND 11,12,13 T=@6
Gelu 20 T=float
Gemm 7,9,11,13 T=double,float
GlobalAveragePool 1,22 T=float
GlobalLpPool 2 T=float
GlobalMaxPool 1,22 T=float
Greater 7 T=double,float | 9,13 T=@1
GreaterOrEqual 12,16 T=@1
GridSample 16,20,22 T1=float T2=float | 20,22 T1=double T2=double
GroupNormalization 21 expanded
HammingWindow 17 T2=@1
HannWindow 17 T2=@1
HardSigmoid 6,22 T=float
HardSwish 14,22 expanded
Hardmax 1,11,13 T=float
Identity 1,13 T=@6 | 14,16 V=@6 | 19,21,23,24,25 V=@10
If 1,11,13,16 V=@6 | 19,21,23,24,25 V=@10
InstanceNormalization 6,22 T=float
IsInf 10,20
IsNaN 9,20 | 13 T1=double,float,float16
LRN 1,13 T=float
LSTM 7,14,22 T=double,float
LayerNormalization 17 U=float
LeakyRelu 6,16 T=float
Less 7 T=double,float | 9,13 T=@1
LessOrEqual 12,16 T=@1
Log 6,13 T=double,float
LogSoftmax 1,11,13 T=double,float
Loop 1,11,13,16 V=@6 | 19,21,23,24,25 V=@10
LpNormalization 1,22 T=double,float
LpPool 2,11,18,22 T=float
MatMul 1 T=double,float | 9,13 T=@2
MatMulInteger 10
Max 6 T=float | 8 T=double,float | 12,13 T=@5
MaxPool 1 T=float | 8,10,11 T=double,float | 12,22 T=@8
MaxRoiPool 1 T=float
MaxUnpool 9,11,22 T1=float
Mean 6,8,13 T=float
MeanVarianceNormalization 9,13 T=float
MelWeightMatrix 17 T2=float T3=@1
Min 6 T=float | 8 T=double,float | 12,13 T=@5
Mish 18,22 expanded
Mod 10 | 13 T=double,float,float16,int16,int32,int64,int8,uint16,uint32,uint64,uint8
Mul 7,13 T=@2 | 14 T=@1
Multinomial 7 T1=float
Neg 6,13 T=double,float,int16,int32,int64,int8
NegativeLogLikelihoodLoss 12,13,22 expanded
NonMaxSuppression 10,11
NonZero 9,13 T=bool,float,int32,int64,uint8
Not 1
OneHot 9,11 T1=float,int64 T2=int64 T3=int64,string | 9,11 T1=float,int32,int64 T2=float T3=float | 9,11 T1=int64 T2=float T3=int32 | 9,11 T1=int64 T2=int32,int64 T3=float | 9,11 T1=int32 T2=int32 T3=float
Optional 15 V=@6
OptionalGetElement 15 V=@6 | 18 O=@6 V=@6
OptionalHasElement 15 | 18 O=@6
Or 7
PRelu 7,9,16 T=float
Pad 2 T=double,float | 11 T=double,float,int32,int64,int8,uint32,uint64,uint8 | 13,18,19,21,23,24,25 T=bool,double,float,int32,int64,int8,uint32,uint64,uint8
Pow 7 T=double,float | 12,13,15 T=@7 T1=@7
QLinearConv 10 T1=uint8 T3=uint8 | 10 T1=int8 T2=int8 T3=int8
QLinearMatMul 10 T1=uint8 T3=uint8 | 10 T1=int8 T2=int8 T3=int8 | 21 TS=float T1=uint8 T2=int8,uint8 T3=uint8 | 21 TS=float T1=int8 T2=int8 T3=int8
QuantizeLinear 10,13 T1=float | 19,21 T1=float,float16 | 23,24 T1=float,float16 T2=float,float16 T3=float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,int16,int4,int8,uint16,uint4,uint8 | 25 T1=float,float16 T2=float,float16 T3=float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,int16,int2,int4,int8,uint16,uint2,uint4,uint8
RMSNormalization 23 T=float V=float | 23 T=double V=double | 23 T=float16 V=float16
RNN 7,14,22 T=float
RandomNormal 1 T=double,float
RandomNormalLike 1 T1=@6 T2=double,float
RandomUniform 1 T=double,float
RandomUniformLike 1 T1=@6 T2=double,float
Range 11
Reciprocal 6,13 T=double,float
ReduceL1 1,11,13,18 T=@7
ReduceL2 1,11,13,18 T=@7
ReduceLogSum 1,11,13,18 T=@7
ReduceLogSumExp 1,11,13,18 T=@7
ReduceMax 1,11 T=@7 | 12,13,18 T=@3 | 20 T=bool,double,float,int32,int64,int8,uint8
ReduceMean 1,11,13,18 T=@7
ReduceMin 1,11 T=@7 | 12,13,18 T=@3 | 20 T=bool,double,float,int32,int64,int8,uint8
ReduceProd 1,11,13,18 T=@7
ReduceSum 1,11,13 T=@7
ReduceSumSquare 1,11,13,18 T=@7
RegexFullMatch 20
Relu 6,13 T=double,float | 14 T=double,float,int32,int8
Reshape 1 | 5,13,14,19 T=@6 | 21,23,24,25 T=@10
Resize 10 T=@11 | 11,13,18,19 T1=@11
ReverseSequence 10 T=@6
RoiAlign 10,16 T1=double,float
RotaryEmbedding 23 T=float,float16
Round 11 | 22 T=double,float,float16
STFT 17 T1=double,float
Scan 8,9,11,16 V=@6 | 19,21,23,24,25 V=@10
Scatter 9 T=@6
ScatterElements 11,13,16,18 T=@6
ScatterND 11,13,16,18 T=@6
Selu 6,22 T=float
SequenceAt 11 T=@6
SequenceConstruct 11 T=@6
SequenceEmpty 11
SequenceErase 11
SequenceInsert 11
SequenceLength 11
Shape 1,13,15,19 T=@6 | 21,23,24,25 T=@10
Shrink 9
Sigmoid 6,13 T=double,float
Sign 9,13
Sin 7,22 T=double,float
Sinh 9,22 T=float
Size 1,13,19,21,23,24,25 T=@9
Slice 1,10,11,13 T=@6
Softmax 1,11,13 T=double,float
SoftmaxCrossEntropyLoss 12,13 expanded
Softplus 1,22 T=float
Softsign 1,22 T=float
SpaceToDepth 1,13 T=@8
Split 2,11,13,18 T=@6
SplitToSequence 11,24 T=bool,double,float,float16,int32,int64,string
Sqrt 6,13 T=double,float
Squeeze 1,11,13,21,23,24,25 T=@6
StringConcat 20
StringNormalizer 10
StringSplit 20
Sub 7,13 T=@2 | 14 T=@1
Sum 6,8,13 T=double,float
Swish 24 expanded
Tan 7,22 T=float
Tanh 6,13 T=double,float
TensorScatter 24 T=bfloat16,bool,double,float,float16,int16,int32,int64,int8,uint16,uint32,uint64,uint8
TfIdfVectorizer 9
ThresholdedRelu 10,22 T=float
Tile 6,13 T=@9
TopK 1,10 T=double,float | 11,24 T=double,float,int16,int32,int64,int8,uint8
Transpose 1,13 T=@6 | 21,23,24 T=bfloat16,bool,double,float,float16,float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz,int16,int32,int4,int64,int8,string,uint16,uint32,uint4,uint64,uint8 | 25 T=@4
Trilu 14 T=bool,double,float,int32,int64
Unique 11 T=double,float,int64,int8,string
Unsqueeze 1,11,13,21,23,24,25 T=@6
Upsample 7,9 T=@11
Where 9,16 T=double,float,int32,int64,string,uint8
Xor 7
ai.onnx.ml.ArrayFeatureExtractor 1
ai.onnx.ml.Binarizer 1 T=float
ai.onnx.ml.CastMap 1
ai.onnx.ml.CategoryMapper 1
ai.onnx.ml.DictVectorizer 1
ai.onnx.ml.FeatureVectorizer 1
ai.onnx.ml.Imputer 1 T=float,int64
ai.onnx.ml.LabelEncoder 1,2 | 4 T1=float T2=float,int64,string | 4 T1=int64,string T2=float | 4 T1=double,int64 T2=double,int64,string | 4 T1=string T2=double,int16,int64,string
ai.onnx.ml.LinearClassifier 1
ai.onnx.ml.LinearRegressor 1 T=float
ai.onnx.ml.Normalizer 1
ai.onnx.ml.OneHotEncoder 1 T=double,float,int64,string
ai.onnx.ml.SVMClassifier 1
ai.onnx.ml.SVMRegressor 1 T=float
ai.onnx.ml.Scaler 1
ai.onnx.ml.TreeEnsemble 5 T=double,float
ai.onnx.ml.TreeEnsembleClassifier 1,3
ai.onnx.ml.TreeEnsembleRegressor 1,3 T=double,float
ai.onnx.ml.ZipMap 1
`,
};
