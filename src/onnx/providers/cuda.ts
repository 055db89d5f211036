import type { KernelTable } from "./kernel-table.js";

/**
 * Copied by hand from the document that ONNX Runtime generates of its registered kernels; nothing of it has been run.
 * Ranges are as there: without an end a kernel is for the version it begins with. Sequences are left out of the types.
 */
export const CUDA: KernelTable = {
  source: "microsoft/onnxruntime 001d12d, docs/OperatorKernels.md, CUDAExecutionProvider",
  newestOpset: 26,
  text: `
@fixed bfloat16,bool,double,float,float16,int16,int32,int64,int8,uint16,uint32,uint64,uint8
@fixed8 @fixed,float8e4m3fn,float8e4m3fnuz,float8e5m2,float8e5m2fnuz
@all @fixed,string
@all8 @fixed8,string
@real double,float,float16
@float @real,bfloat16
@int int16,int32,int64,int8,uint16,uint32,uint64,uint8
@wide @real,int32,int64,uint32,uint64
@cast @fixed,float8e4m3fn,float8e5m2
@cast4 @cast,float4e2m1
@cast9 bool,@real,@int
@order @float,int32,int64,uint32,uint64
@index int32,int64
Abs 6-12 T=@real,@int | 13+ T=@float,@int
Add 7-12 T=@wide | 13 T=@wide,bfloat16 | 14+ T=@float,@int
And 7+
ArgMax 1-11,12,13+ T=@real
ArgMin 1-11,12,13+ T=@real
Attention 23,24+ T1=bfloat16,float,float16 T2=bfloat16,float,float16 U=bfloat16,bool,float,float16
AveragePool 7-9,10,11-18,19-21 T=@real | 22+ T=@float
BatchNormalization 7-8,9-13 T=@real | 14 T=@real U=@real | 15+ T=@real T1=@real T2=@real
Cast 6-8,9-12 T1=@cast9 T2=@cast4 | 13-18 T1=@fixed T2=@cast4 | 19-20,21-22 T1=@cast T2=@cast4 | 23+ T1=@cast4 T2=@cast4
Ceil 6-12,13+ T=@real
Clip 6-10,11 T=float | 12,13+ T=@real,int64,int8,uint64,uint8
Compress 9-10,11+ T=@fixed
Concat 4-10,11-12,13+ T=@fixed
ConcatFromSequence 11+
ConstantOfShape 9+ T2=@fixed
Conv 1-10,11-21 T=@real | 22+ T=@float
ConvTranspose 1-10,11+ T=@real
Cos 7+ T=@real
CumSum 11-13 T=double,float,int32,int64,uint32,uint64 | 14+ T=@wide
DepthToSpace 1-10,11-12,13+ T=@real
DequantizeLinear 10-12,13-18 T=int8,uint8 | 19-20 T1=float8e4m3fn,float8e5m2,int8,uint8 T2=float,float16 | 21+ T1=float8e4m3fn,float8e5m2,int4,int8,uint4,uint8 T2=float,float16
Div 7-12 T=@wide | 13 T=@wide,bfloat16 | 14+ T=@float,@int
Dropout 7-9 T=@real | 10-11 T=@real | 12 T=@real T1=@real | 13+ T=@float T1=@float
Einsum 12+ T=@real
Elu 6+ T=@real
Equal 7-10 T=bool,int32,int64 | 11-12,13+ T=@wide,bool
Erf 9-12 T=@real | 13+ T=@float
Exp 6-12 T=@real | 13+ T=@float
Expand 8-12,13+ T=@fixed
EyeLike 9+ T1=double,float,int32,int64,uint64 T2=double,float,int32,int64,uint64
Flatten 1-8,9-10,11-12,13+ T=@fixed
Floor 6-12,13+ T=@real
GRU 7-13,14+ T=@real
Gather 1-10,11-12,13+ T=@fixed
GatherElements 11-12,13+ T=@fixed
GatherND 11,12 T=bool,@real,int64 | 13+ T=@float,bool,int64
Gelu 20+ T=@float
Gemm 7-8,9-10,11-12 T=@real | 13+ T=@float
GlobalAveragePool 1+ T=@real
GlobalMaxPool 1+ T=@real
Greater 7-8 T=@real | 9-12,13+ T=@wide
GreaterOrEqual 12-15,16+ T=@wide
GridSample 16-19,20-21,22+ T1=float T2=float
HardSigmoid 6-21 T=@real | 22+ T=@float
HardSwish 14-21 T=@real | 22+ T=@float
Identity 1-12,13 T=@fixed | 14-18 V=@fixed | 19+ V=@fixed8
If 1-10,11-12 V=@fixed | 13-18 V=@all | 19+ V=@all8
InstanceNormalization 6+ T=@real
IsInf 10-19 T1=double,float | 20+
IsNaN 9-12 T1=@real | 13-19 T1=@float | 20+
LRN 1-12,13+ T=@real
LSTM 7-13,14+ T=@real
LayerNormalization 17+ T=@float U=float
LeakyRelu 6-15,16+ T=@real
Less 7-8 T=@real | 9-12,13+ T=@wide
LessOrEqual 12-15,16+ T=@wide
Log 6-12,13+ T=@real
LogSoftmax 1-10,11-12,13+ T=@real
Loop 1-10,11-12 V=@fixed | 13-18 V=@all | 19+ V=@all8
MatMul 1-8,9-12 T=@real | 13+ T=@float
MatMulInteger 10+ T1=int8 T2=int8
Max 6-11 T=@float | 12,13+ T=@order
MaxPool 1-7,8-9,10,11 T=@real | 12+ T=@real,int8,uint8
Min 6-11 T=@float | 12,13+ T=@order
Mod 10-12 T=@wide | 13+ T=@order
Mul 7-12 T=@wide | 13 T=@wide,bfloat16 | 14+ T=@float,@int
Neg 6-12 T=@real,int16,int32,int64,int8 | 13+ T=@float,int16,int32,int64,int8
NonZero 9-12,13+ T=bool,float,float16,int32,int64,uint8
Not 1+
OneHot 11+ T1=@index T2=@index T3=float,float16,int64
Or 7+
PRelu 7-8,9-15,16+ T=@real
Pad 2-10,11-12 T=@real | 13-17,18+ T=@real,bool
Pow 7-11 T=@real | 12 T=@real,@index T1=@real,@index | 13-14 T=@float,@index T1=@real,@index | 15+ T=@float,@index T1=@float,@index
QuantizeLinear 10-12,13-18 T1=float T2=int8,uint8 | 19-20 T1=float,float16 T2=float8e4m3fn,float8e5m2,int8,uint8 | 21+ T1=float,float16 T2=float8e4m3fn,float8e5m2,int4,int8,uint4,uint8
RMSNormalization 23+ T=@float V=@float
RNN 7-13,14+ T=@real
RandomNormal 1+ T=@real
RandomNormalLike 1+ T2=@real
RandomUniform 1+ T=@real
RandomUniformLike 1+ T2=@real
Range 11+ T=double,float,int16,int32,int64
Reciprocal 6-12,13+ T=@real
ReduceL1 1-17,18+ T=@real,int32
ReduceL2 1-17,18+ T=@real,int32
ReduceLogSum 1-17,18+ T=@real
ReduceLogSumExp 1-17,18+ T=@real
ReduceMax 1-17,18+ T=@real,@index
ReduceMean 1-17,18+ T=@real,int32
ReduceMin 1-17,18+ T=@real,@index,int8,uint8
ReduceProd 1-17,18+ T=@real,int32
ReduceSum 1-12 T=@real,@index | 13+ T=@float,@index
ReduceSumSquare 1-17,18+ T=@real
Relu 6-12 T=@real | 13,14+ T=@float
Reshape 1-4,5-12,13,14-18 T=@fixed | 19-20,21-22,23+ T=@fixed8
Resize 10 T=@real,int32,uint8 | 11-12,13-17,18,19+ T1=@real,int32,uint8
ReverseSequence 10+ T=@fixed
RoiAlign 10+ T1=double,float
RotaryEmbedding 23+ T=bfloat16,float,float16
Round 11+ T=@real
Scan 8 V=@all | 9-10,11-15,16-18 V=@fixed | 19+ V=@fixed8
Scatter 9-10 T=@fixed
ScatterElements 11-12,13-15,16-17,18+ T=@fixed
ScatterND 11-12,13-15,16-17,18+ T=@fixed
Selu 6+ T=@real
SequenceAt 11+
SequenceConstruct 11+
SequenceEmpty 11+
SequenceErase 11+
SequenceInsert 11+
SequenceLength 11+
Shape 1-12,13-14,15-18 T=@fixed | 19-20,21-22,23+ T=@fixed8
Shrink 9+ T=@real,@int
Sigmoid 6-12 T=@real | 13+ T=@float
Sign 13+ T=@float,@int
Sin 7+ T=@real
Size 1-12,13+ T=@all
Slice 1-9,10,11-12,13+ T=@fixed
Softmax 1-10,11-12 T=@real | 13+ T=@float
Softplus 1+ T=@real
Softsign 1+ T=@real
SpaceToDepth 1-12,13+ T=@real
Split 2-10,11-12,13-17,18+ T=@fixed
Sqrt 6-12 T=@real | 13+ T=@float
Squeeze 1-10,11-12,13-20,21-22,23+ T=@fixed
Sub 7-12 T=@wide | 13 T=@wide,bfloat16 | 14+ T=@float,@int
Sum 6-7,8-12,13+ T=@float
Tanh 6-12 T=@real | 13+ T=@float
TensorScatter 24+ T=@fixed
ThresholdedRelu 10+ T=@real
Tile 6-12 T=@real,@index | 13+ T=@float,@index
TopK 1-9,10,11+ T=@real,@index
Transpose 1-12,13-20,21-22,23+ T=@fixed
Trilu 14+ T=@fixed
Unsqueeze 1-10,11-12,13-20,21-22,23+ T=@fixed
Upsample 7-8,9 T=@real,int32,uint8
Where 9-15 T=@real,@index,uint8 | 16+ T=@float,@index,uint8
Xor 7+
`,
};
