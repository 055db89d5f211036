/** Operators of ai.onnx that proofs over nodes treat alike, and tables of rows for them. */

/** Those of one input whose output has its shape, element for element. */
export const ELEMENTWISE =
  "Abs Acos Asin Atan Cast Ceil Celu Clip Cos Dropout Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Not RandomNormalLike RandomUniformLike Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Tan Tanh ThresholdedRelu";

/** Those that broadcast their inputs. */
export const BROADCASTING =
  "Add And Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or Pow Sub Sum Where Xor";

export const REDUCTIONS =
  "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare";

/** Those that give the sizes of what they read, and not its values. */
export const SHAPE_READERS: ReadonlySet<string> = new Set(["Shape", "Size"]);

/** One row for several operators. @param names with blanks between them */
export function rowsOf<Row>(names: string, row: Row): Readonly<Record<string, Row>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, row]));
}

/** Rows by operator, without a prototype, since a name such as `constructor` is no row. */
export function tableOf<Row>(rows: Readonly<Record<string, Row>>): Readonly<Record<string, Row>> {
  return Object.assign<Record<string, Row>, typeof rows>(Object.create(null), rows);
}
