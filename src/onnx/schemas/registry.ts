/** The operator signatures of ONNX 1.23.1, from the generated table. */

export type ParameterOption = "single" | "optional" | "variadic";

export interface Parameter {
  readonly name: string;
  /** A type variable such as `T`, or a type such as `tensor(int64)`. */
  readonly type: string;
  /** The types allowed, as `tensor(float)`, `seq(tensor(int64))`; empty where any is. */
  readonly types: ReadonlySet<string>;
  readonly option: ParameterOption;
  /** Whether all arguments of a variadic parameter have one type. */
  readonly homogeneous: boolean;
  readonly minArity: number;
}

export interface AttributeSignature {
  readonly name: string;
  /** `AttributeProto.AttributeType` by name. */
  readonly type: string;
  readonly required: boolean;
}

export interface Range {
  readonly min: number;
  /** 2147483647 where there is no bound. */
  readonly max: number;
  /** The counts in between that are allowed; null when all are. */
  readonly allowed: readonly number[] | null;
}

export interface Schema {
  /** Empty for ai.onnx. */
  readonly domain: string;
  readonly name: string;
  readonly sinceVersion: number;
  readonly deprecated: boolean;
  readonly experimental: boolean;
  /** Whether ONNX defines the operator by other operators. */
  readonly hasFunctionBody: boolean;
  /** Whether that definition is the same for all nodes, and ONNX infers types through it. */
  readonly hasPlainFunctionBody: boolean;
  /** Whether ONNX infers its output types and shapes. */
  readonly hasInference: boolean;
  /** Whether attributes that the signature does not name are ignored. */
  readonly allowsUncheckedAttributes: boolean;
  readonly inputs: readonly Parameter[];
  readonly outputs: readonly Parameter[];
  readonly inputCount: Range;
  readonly outputCount: Range;
  readonly attributes: ReadonlyMap<string, AttributeSignature>;
}

export interface SchemaRegistry {
  /** Release of ONNX that the table is from. */
  readonly onnxVersion: string;
  /** Newest `ir_version`. */
  readonly irVersion: number;
  /** Newest opset version by domain. */
  readonly versions: ReadonlyMap<string, number>;
  /** The signature in force at an opset version: the newest that is not newer; null when there is none. */
  find(domain: string, operator: string, version: number): Schema | null;
  all(): Iterable<Schema>;
}

type ParameterRow = readonly [
  name: string,
  type: string,
  typeSet: number,
  option: number,
  homogeneous: number,
  arity: number,
];

type SchemaRow = readonly [
  domain: string,
  name: string,
  sinceVersion: number,
  flags: number,
  counts: readonly [minIn: number, maxIn: number, minOut: number, maxOut: number],
  inputs: readonly ParameterRow[],
  outputs: readonly ParameterRow[],
  attributes: readonly (readonly [name: string, type: string, required: number])[],
  allowedInputs: readonly number[] | null,
  allowedOutputs: readonly number[] | null,
];

interface Table {
  readonly onnx: string;
  readonly ir: number;
  readonly versions: Readonly<Record<string, number>>;
  readonly types: readonly string[];
  readonly typeSets: readonly (readonly number[])[];
  readonly schemas: readonly SchemaRow[];
}

const OPTIONS: readonly ParameterOption[] = ["single", "optional", "variadic"];
const FLAGS = {
  deprecated: 1,
  function: 2,
  inference: 4,
  uncheckedAttributes: 8,
  experimental: 16,
  plainFunction: 32,
} as const;

let loaded: Promise<SchemaRegistry> | undefined;

/** Loads the table on first use; it is a module of its own, so that what checks nothing loads nothing. */
export function loadSchemas(): Promise<SchemaRegistry> {
  loaded ??= import("./schemas.generated.js").then(({ SCHEMAS }) => registryOf(JSON.parse(SCHEMAS) as Table));
  return loaded;
}

function registryOf(table: Table): SchemaRegistry {
  const typeSets = table.typeSets.map((indices) => new Set(indices.map((index) => table.types[index]!)));
  /** Rows in ascending version by domain and operator; each becomes a Schema when it is first found. */
  const rows = new Map<string, SchemaRow[]>();
  for (const row of table.schemas) {
    const key = keyOf(row[0], row[1]);
    const versions = rows.get(key);
    if (versions === undefined) rows.set(key, [row]);
    else versions.push(row);
  }
  const built = new Map<SchemaRow, Schema>();
  const schemaOf = (row: SchemaRow): Schema => {
    const schema = built.get(row) ?? build(row, typeSets);
    built.set(row, schema);
    return schema;
  };
  return {
    onnxVersion: table.onnx,
    irVersion: table.ir,
    versions: new Map(Object.entries(table.versions)),
    find: (domain, operator, version) => {
      const row = rows.get(keyOf(domain, operator))?.findLast(([, , since]) => since <= version);
      return row === undefined ? null : schemaOf(row);
    },
    *all() {
      for (const row of table.schemas) yield schemaOf(row);
    },
  };
}

/** NUL is in no domain of the table. */
function keyOf(domain: string, operator: string): string {
  return `${domain}\0${operator}`;
}

function build(row: SchemaRow, typeSets: readonly ReadonlySet<string>[]): Schema {
  const [domain, name, sinceVersion, flags, counts, inputs, outputs, attributes, allowedInputs, allowedOutputs] = row;
  const [minIn, maxIn, minOut, maxOut] = counts;
  const parameter = ([parameterName, type, typeSet, option, homogeneous, minArity]: ParameterRow): Parameter => ({
    name: parameterName,
    type,
    types: typeSets[typeSet]!,
    option: OPTIONS[option]!,
    homogeneous: homogeneous === 1,
    minArity,
  });
  return {
    domain,
    name,
    sinceVersion,
    deprecated: (flags & FLAGS.deprecated) !== 0,
    experimental: (flags & FLAGS.experimental) !== 0,
    hasFunctionBody: (flags & FLAGS.function) !== 0,
    hasPlainFunctionBody: (flags & FLAGS.plainFunction) !== 0,
    hasInference: (flags & FLAGS.inference) !== 0,
    allowsUncheckedAttributes: (flags & FLAGS.uncheckedAttributes) !== 0,
    inputs: inputs.map(parameter),
    outputs: outputs.map(parameter),
    inputCount: { min: minIn, max: maxIn, allowed: allowedInputs },
    outputCount: { min: minOut, max: maxOut, allowed: allowedOutputs },
    attributes: new Map(attributes.map(([n, type, required]) => [n, { name: n, type, required: required === 1 }])),
  };
}
