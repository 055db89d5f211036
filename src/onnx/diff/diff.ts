/** What changed between two ONNX models: interface, nodes, attributes, shapes, weights, and what the model says of itself. */
import { EXTERNAL_DATA_SHA256 } from "../external-hash.js";
import type { FunctionProto, GraphProto, Message, ModelProto } from "../graph/records.js";
import { attributesOf } from "./attributes.js";
import { listText, unknownText } from "./canonical.js";
import { type Change, cut } from "./change.js";
import { GraphComparison } from "./compare-graphs.js";
import { type DiffSide, WeightComparison } from "./compare-weights.js";
import { operatorLabel } from "./graph-view.js";
import { typeChange } from "./types.js";
import type { WeightVerdict } from "./weights.js";

export type { Change, ChangeKind } from "./change.js";
export type { DiffSide } from "./compare-weights.js";

export interface DiffResult {
  readonly changes: readonly Change[];
  /** Pairs of weights by how they differ. */
  readonly weights: Readonly<Record<WeightVerdict, number>>;
}

/** @param tolerance weights whose values differ by no more are close, which is no change */
export async function diffModels(a: DiffSide, b: DiffSide, tolerance: number): Promise<DiffResult> {
  const comparison = new ModelComparison(a, b, tolerance);
  await comparison.run();
  const { changes, graphs } = comparison;
  return { changes, weights: graphs.counts };
}

class ModelComparison {
  readonly changes: Change[] = [];
  readonly graphs: GraphComparison;

  constructor(
    private readonly a: DiffSide,
    private readonly b: DiffSide,
    tolerance: number,
  ) {
    this.graphs = new GraphComparison(new WeightComparison({ a, b }, tolerance), (...change) => {
      this.add(...change);
    });
  }

  async run(): Promise<void> {
    const [a, b] = [this.a.model.message, this.b.model.message];
    this.compareTexts("ir_version", String(a.ir_version ?? 0), String(b.ir_version ?? 0));
    await this.compareOpsets("opset_import", a.opset_import, b.opset_import);
    this.compareMetadata(a, b);
    if (a.graph !== undefined && b.graph !== undefined) {
      await this.compareInterface(a.graph, b.graph);
      await this.graphs.graphs(a.graph, b.graph, "", null);
    } else if (a.graph !== b.graph) {
      this.add("model", "graph", a.graph === undefined ? "was added" : "was removed");
    }
    await this.compareFunctions(a, b);
    await this.compareRest(a, b);
  }

  private add(kind: Change["kind"], place: string, message: string, maxError?: number): void {
    this.changes.push({ kind, place, message, ...(maxError === undefined ? {} : { maxError }) });
  }

  private compareTexts(place: string, was: string, is: string): void {
    if (was !== is) this.addTexts(place, was, is);
  }

  private addTexts(place: string, was: string, is: string): void {
    const [own, other] = [cut(was), cut(is)];
    this.add(
      "model",
      place,
      own === other ? `${own} changed in a part that is not shown here` : `${own} became ${other}`,
    );
  }

  /** By key: what programs that run the network read. The hash of a data file is of where weights are kept. */
  private compareMetadata(a: ModelProto, b: ModelProto): void {
    const [own, other] = [metadataOf(a), metadataOf(b)];
    for (const key of new Set([...own.keys(), ...other.keys()])) {
      const text = (values: readonly string[] | undefined) => values?.map((each) => `"${each}"`).join(", ") ?? "absent";
      this.compareTexts(`metadata_props "${cut(key)}"`, text(own.get(key)), text(other.get(key)));
    }
  }

  private async compareInterface(a: GraphProto, b: GraphProto): Promise<void> {
    for (const field of ["input", "output"] as const) {
      for (let i = 0; i < Math.max(a[field].length, b[field].length); i++) {
        const [own, other] = [a[field][i], b[field][i]];
        const place = `${field}[${i}]`;
        if (own === undefined || other === undefined) {
          const [name, what] = own === undefined ? [other!.name, "added"] : [own.name, "removed"];
          this.add("interface", place, `"${cut(name ?? "")}" was ${what}`);
          continue;
        }
        const [was, is] = [own.name ?? "", other.name ?? ""];
        if (was !== is) this.add("interface", place, `"${cut(was)}" became "${cut(is)}"`);
        const change = await typeChange(own, other);
        if (change !== null) this.add("shape", `${place} "${cut(was)}"`, change);
      }
    }
  }

  private async compareFunctions(a: ModelProto, b: ModelProto): Promise<void> {
    const others = functionsById(b);
    for (const [id, fn] of functionsById(a)) {
      const other = others.get(id);
      others.delete(id);
      const place = `function "${cut(fn.name ?? "")}"`;
      if (other === undefined) this.add("node", place, "was removed");
      else await this.compareFunction(fn, other, place);
    }
    for (const { name = "" } of others.values()) this.add("node", `function "${cut(name)}"`, "was added");
  }

  private async compareFunction(a: FunctionProto, b: FunctionProto, place: string): Promise<void> {
    await this.compareOpsets(`${place} opset_import`, a.opset_import, b.opset_import);
    const names = ({ attribute }: FunctionProto) => [...attribute].sort().map((name) => JSON.stringify(name));
    this.compareTexts(`${place} attribute`, `[${names(a).join(", ")}]`, `[${names(b).join(", ")}]`);
    const defaults = [await attributesOf(a.attribute_proto), await attributesOf(b.attribute_proto)] as const;
    await this.graphs.attributes(...defaults, place, null);
    await this.graphs.functions(a, b, `${place} `);
  }

  /** The same operators by another name of their domain, or in another order, are the same. */
  private async compareOpsets(place: string, a: Opsets, b: Opsets): Promise<void> {
    const contentOf = (list: Opsets): Promise<string> => listText("OperatorSetIdProto", list.map(withDomain), true);
    if ((await contentOf(a)) !== (await contentOf(b))) {
      this.addTexts(place, opsetText(a), opsetText(b));
    }
  }

  /** What is compared as a whole. */
  private async compareRest(a: ModelProto, b: ModelProto): Promise<void> {
    const parts: readonly (readonly [place: string, was: string, is: string])[] = [
      [
        "training_info",
        await listText("TrainingInfoProto", a.training_info),
        await listText("TrainingInfoProto", b.training_info),
      ],
      [
        "configuration",
        await listText("DeviceConfigurationProto", a.configuration),
        await listText("DeviceConfigurationProto", b.configuration),
      ],
      [
        "metadata_props",
        await unknownText(a.metadata_props.flatMap(({ unknown }) => unknown)),
        await unknownText(b.metadata_props.flatMap(({ unknown }) => unknown)),
      ],
      ["fields that ONNX does not define", await unknownText(a.unknown), await unknownText(b.unknown)],
      ["the bytes after the end of the model", await trailingText(this.a), await trailingText(this.b)],
    ];
    for (const [place, was, is] of parts) if (was !== is) this.add("model", place, "changed");
  }
}

type Opsets = readonly Message<"OperatorSetIdProto">[];

function withDomain(entry: Opsets[number]): Opsets[number] {
  return entry.domain === "ai.onnx" ? { ...entry, domain: "" } : entry;
}

function opsetText(opsets: Opsets): string {
  const texts = opsets.map(({ domain, version = 0 }) => `${domain || "ai.onnx"} ${version}`);
  return texts.sort().join(", ");
}

function metadataOf({ metadata_props }: ModelProto): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const { key = "", value = "" } of metadata_props) {
    if (key === EXTERNAL_DATA_SHA256) continue;
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return values;
}

/** Of several functions of one id, which no valid model has, the later ones are told apart by their number. */
function functionsById({ functions }: ModelProto): Map<string, FunctionProto> {
  const byId = new Map<string, FunctionProto>();
  const repeats = new Map<string, number>();
  for (const fn of functions) {
    const id = operatorLabel({ domain: fn.domain, op_type: fn.name, overload: fn.overload });
    const count = (repeats.get(id) ?? 0) + 1;
    repeats.set(id, count);
    byId.set(`${id} ${count}`, fn);
  }
  return byId;
}

async function trailingText({ model: { trailing } }: DiffSide): Promise<string> {
  return trailing === null ? "" : unknownText([{ number: 0, wireType: 0, content: trailing }]);
}
