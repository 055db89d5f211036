/** What is said of tensors that are of no architecture that smxc imports. */
import { type Diagnostic, error } from "../../base/diagnostics.js";
import { DOCS } from "../../base/docs.js";
import { option, remedy } from "../../base/remedy.js";
import type { TensorStore } from "../../tensors/tensor.js";
import { FOREIGN } from "./foreign.js";
import type { Importer } from "./importer.js";
import { IMPORTERS } from "./index.js";
import { quotedSample } from "./quoted-sample.js";
import { fits, foundIn, landmarkOf, missingOf, type Signature } from "./signature.js";

/** The way that remains for a network that no importer reads. */
const BY_ONNX = `export the network from PyTorch with torch.onnx.export, and compile the .onnx file: smxc compile model.onnx -o fast.onnx (${DOCS}/learn/i-have-a-pth.md)`;

/** Below this share of its names, an architecture is not near. */
const LEAST_SHARE = 0.5;

/** Prefixes that are looked at; a checkpoint of more has no network under most of them. */
const MOST_PREFIXES = 64;

export function unrecognised(store: TensorStore, names: readonly string[]): Diagnostic {
  const foreign = foreignNetwork(names);
  if (foreign !== undefined) {
    return error("import/not-imported", `the tensors belong to ${foreign}, which smxc does not import`, {
      hint: BY_ONNX,
    });
  }
  const near = nearestArchitecture(names);
  const [other] = store.others.values();
  const found =
    store.tensors.size > 0
      ? `the first are ${quotedSample([...store.tensors.keys()])}`
      : `none holds floating-point numbers${other ? `; "${other.name}" holds ${other.dtype}` : ""}`;
  const nearest = near === undefined ? "" : `; the nearest is ${nearText(near)}`;
  const arch = near?.importer.name ?? IMPORTERS.map(({ name }) => name).join(", ");
  return error(
    "import/unrecognised",
    `the tensors do not belong to an architecture that smxc knows (${found})${nearest}`,
    {
      ...remedy`name the architecture with ${option("arch")} (${arch}), or name the entry that holds the tensors, or the prefix of their names, with ${option("key")}; otherwise ${BY_ONNX}`,
    },
  );
}

/** The name of a network that smxc knows and does not import. */
export function foreignNetwork(names: readonly string[]): string | undefined {
  return FOREIGN.find(({ signatures }) => signatures.some((signature) => fitsAnywhere(signature, names)))?.name;
}

function fitsAnywhere(signature: Signature, names: readonly string[]): boolean {
  return prefixesOf([signature.all[0]], names).some((prefix) => fits(signature, under(prefix, names)));
}

/** What stands before the names that the templates name, each once. */
function prefixesOf(templates: Signature["all"], names: readonly string[]): readonly string[] {
  const landmark = landmarkOf(templates.map((template) => ({ all: [template] })));
  const found = new Set<string>();
  for (const name of names) {
    const match = landmark.exec(name);
    if (match) found.add(name.slice(0, match.index + (match[0].startsWith(".") ? 1 : 0)));
    if (found.size >= MOST_PREFIXES) break;
  }
  return [...found];
}

const under = (prefix: string, names: readonly string[]): readonly string[] =>
  prefix === "" ? names : names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));

interface Near {
  readonly importer: Importer;
  readonly share: number;
  /** Templates that no name fits, and names of a relative. */
  readonly missing: readonly string[];
  readonly strange: readonly string[];
}

/** The architecture of whose names the largest share is there, if that is enough to be meant. */
function nearestArchitecture(names: readonly string[]): Near | undefined {
  let best: Near | undefined;
  for (const importer of IMPORTERS) {
    if (!("signatures" in importer)) continue;
    for (const signature of importer.signatures) {
      for (const prefix of prefixesOf(signature.all, names)) {
        const inside = under(prefix, names);
        const missing = missingOf(signature, inside);
        const share = 1 - missing.length / signature.all.length;
        const strange = (signature.none ?? []).filter((template) => foundIn(template, inside));
        const near = { importer, share, missing: missing.map((name) => prefix + name), strange };
        if (share >= LEAST_SHARE && (best === undefined || share > best.share)) best = near;
      }
    }
  }
  return best;
}

const nearText = ({ importer, missing, strange }: Near): string =>
  [
    importer.name,
    ...(missing.length > 0 ? [`of which ${quotedSample(missing)} ${missing.length === 1 ? "is" : "are"} missing`] : []),
    ...(strange.length > 0 ? [`which has no ${quotedSample(strange)}`] : []),
    ...(missing.length + strange.length === 0 ? ["but its shapes do not fit"] : []),
  ].join(", ");
