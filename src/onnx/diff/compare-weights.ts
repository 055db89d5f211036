/** Compares tensors of two models, wherever their values are. */
import type { DecodedModel } from "../decode.js";
import { externalRange } from "../external-range.js";
import { elementType } from "../graph/element-types.js";
import type { TensorProto } from "../graph/records.js";
import { type ReadExternal, tensorBytes } from "../tensor-bytes.js";
import { canonicalText, unknownText } from "./canonical.js";
import { bytesKey } from "./sha256.js";
import { typeText, type Weight, weightLabel } from "./weight.js";
import { isEqual, valueDifference, type WeightDifference } from "./weights.js";

/** A model and the way to its external data. */
export interface DiffSide {
  readonly model: Pick<DecodedModel, "message" | "trailing">;
  readonly readExternal: ReadExternal;
}

export type SideName = "a" | "b";

export class WeightComparison {
  /** Of values in external files, by where they are: many tensors may name one place. */
  private readonly known = new Map<string, WeightDifference>();
  private readonly digests = { a: new Map<Weight, string>(), b: new Map<Weight, string>() };

  constructor(
    private readonly sides: Readonly<Record<SideName, DiffSide>>,
    private readonly tolerance: number,
  ) {}

  /** Tells tensors of equal content. */
  async digest(weight: Weight, side: SideName): Promise<string> {
    const known = this.digests[side].get(weight);
    if (known !== undefined) return known;
    const values = await bytesKey(await this.bytes(weight.values, side));
    const indices = weight.sparse === null ? "" : await bytesKey(await this.bytes(weight.sparse.indices, side));
    const digest = `${weightLabel(weight)} ${values} ${indices}`;
    this.digests[side].set(weight, digest);
    return digest;
  }

  async difference(a: Weight, b: Weight): Promise<WeightDifference> {
    const [was, is] = [typeText(a), typeText(b)];
    if (weightLabel(a) !== weightLabel(b)) {
      const message = was === is ? `${was} became another shape with as many dimensions` : `${was} became ${is}`;
      return { verdict: "different", message };
    }
    if ((await this.remainder(a)) !== (await this.remainder(b))) {
      return { verdict: "different", message: "fields other than its values differ" };
    }
    if (a.sparse !== null && b.sparse !== null) {
      const places = [await this.bytes(a.sparse.indices, "a"), await this.bytes(b.sparse.indices, "b")] as const;
      if (!isEqual(...places)) return { verdict: "different", message: "the positions of its values differ" };
    }
    return this.valueDifference(a.values, b.values);
  }

  private async valueDifference(a: TensorProto, b: TensorProto): Promise<WeightDifference> {
    const [own, other] = [externalRange(a), externalRange(b)];
    const key = own === null || other === null ? null : JSON.stringify([own, other, a.data_type ?? 0]);
    const known = key === null ? undefined : this.known.get(key);
    if (known !== undefined) return known;
    const bytes = [await this.bytes(a, "a"), await this.bytes(b, "b")] as const;
    const found = valueDifference(...bytes, a.data_type ?? 0, this.tolerance);
    if (key !== null) this.known.set(key, found);
    return found;
  }

  /** What a tensor holds beside type, dimensions and values. */
  private async remainder({ values, sparse }: Weight): Promise<string> {
    const parts = [await this.unusual(values)];
    if (sparse !== null) parts.push(await this.unusual(sparse.indices));
    if (sparse !== null) parts.push(await unknownText(sparse.whole.unknown));
    return parts.join(" ");
  }

  /** Readers differ in what they make of several fields of values, or of another type's. */
  private async unusual(tensor: TensorProto): Promise<string> {
    const used: readonly string[] = VALUE_FIELDS.filter((field) => isUsed(tensor[field]));
    const own: readonly string[] = [elementType(tensor.data_type)?.field ?? "", "raw_data"];
    const isExternal = externalRange(tensor) !== null;
    const isUsual =
      used.length + (isExternal ? 1 : 0) <= 1 &&
      used.every((field) => own.includes(field)) &&
      isExternal === (tensor.data_location === EXTERNAL);
    if (!isUsual) return canonicalText("TensorProto", { ...tensor, name: undefined });
    const { segment, unknown } = tensor;
    const text = segment === undefined ? "" : await canonicalText("TensorProto.Segment", segment);
    return text + (await unknownText(unknown));
  }

  private bytes(tensor: TensorProto, side: SideName): Promise<Uint8Array> {
    return tensorBytes(tensor, this.sides[side].readExternal);
  }
}

const EXTERNAL = 1;

const VALUE_FIELDS = [
  "raw_data",
  "float_data",
  "int32_data",
  "string_data",
  "int64_data",
  "double_data",
  "uint64_data",
] as const;

function isUsed(field: TensorProto[(typeof VALUE_FIELDS)[number]]): boolean {
  if (field === undefined) return false;
  return "count" in field ? field.count > 0 : field.length > 0;
}
