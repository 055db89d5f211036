/** Which entry of a checkpoint is taken, what is said about the others, and what `--key` can name. */
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { openWeights } from "../../src/files/open.js";
import { prefixFinder } from "../../src/frontends/checkpoints/architecture.js";
import * as b from "../errors/weights-torch-bytes.js";
import { concat, guardedSource, refusal } from "./weights-sources.js";

const stateDict = (names: readonly string[], prefix = "", size = 4): Uint8Array =>
  b.dict(...names.flatMap((name) => [b.text(prefix + name), b.tensor({ size: [size], numel: 4 })]));

/** Tensors of one CondConv layer, by name; the shapes do not matter here. */
const NAMES = ["routing_fn.weight", "routing_fn.bias", "weight"];
const TWO_DIMENSIONS = { size: [2, 2], stride: [2, 1] };
const layer = (prefix = ""): Uint8Array =>
  b.dict(...NAMES.flatMap((name) => [b.text(prefix + name), b.tensor(TWO_DIMENSIONS)]));

const dict = (entries: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  b.dict(...Object.entries(entries).flatMap(([key, value]) => [b.text(key), value]));
const list = (...items: readonly Uint8Array[]): Uint8Array => concat(b.op("]"), b.MARK, ...items, b.op("e"));

async function open(root: Uint8Array, key?: string) {
  const warnings: Diagnostic[] = [];
  const report = (found: Diagnostic): void => void warnings.push(found);
  const options = { report, findPrefixes: prefixFinder(undefined), ...(key === undefined ? {} : { key }) };
  const { tensors } = await openWeights(guardedSource(b.checkpoint(b.pickle(root)), "c.pt"), options);
  return { names: [...tensors.keys()], warnings };
}

describe("averages of the tensors", () => {
  const NAMED = [
    ...["ema", "state_dict_ema", "model_ema", "ema_state_dict", "ema_model", "module_ema", "averaged", "params_ema"],
    ...["net_g_ema", "netG_ema", "g_ema", "generator_ema", "EMA", "emaModel", "model_state_dict_ema", "ema_0.999"],
  ];
  const averages: readonly (readonly [key: string, plain: string, root: Uint8Array])[] = [
    ...["model", "state_dict", "params", "net_g", "netG", "generator", "model_state_dict"].map(
      (plain) => ["ema", plain, dict({ [plain]: layer(), ema: layer() })] as const,
    ),
    ...NAMED.map((key) => [key, "model", dict({ model: layer(), [key]: layer() })] as const),
    ["params_ema", "params", dict({ params: layer(), params_ema: layer() })],
    ["ema.module", "model", dict({ model: layer(), ema: dict({ module: layer(), decay: b.op("N") }) })],
    ["ema.shadow", "state_dict", dict({ state_dict: layer("net."), ema: dict({ shadow: layer("net.") }) })],
    ["ema", "model", dict({ model: layer("module."), ema: layer() })],
    ["ema", "model", dict({ model: layer(), ema: layer("module.") })],
    ["ema", "state_dict", dict({ state_dict: layer("net."), ema: layer() })],
    ["averages.1", "model", dict({ model: layer(), averages: list(b.op("N"), layer()) })],
    [
      "callbacks.EMA{'decay': 0.999}.ema_state_dict",
      "state_dict",
      dict({ state_dict: layer(), callbacks: dict({ "EMA{'decay': 0.999}": dict({ ema_state_dict: layer() }) }) }),
    ],
  ];

  it.each(averages)("%s is taken before %s, which is mentioned", async (key, plain, root) => {
    const { warnings } = await open(root);
    expect(warnings).toMatchObject([{ code: "torch/several-state-dicts", severity: "warning", place: key }]);
    expect(warnings[0]?.message).toContain(`using the tensors of ${JSON.stringify(key)}, an average over the training`);
    expect(warnings[0]?.message).toContain(`${JSON.stringify(plain)} holds tensors of the same names and shapes`);
    expect(warnings[0]?.hint).toContain(`--key: ${JSON.stringify(plain)}`);
    expect((await open(root, key)).warnings).toEqual([]);
    expect((await open(root, plain)).warnings).toEqual([]);
  });

  it.each(["best", "schema", "cinema", "backup_model"])("are not told by %s, which is mentioned", async (key) => {
    const { warnings } = await open(dict({ model: layer(), [key]: layer() }));
    expect(warnings).toMatchObject([{ code: "torch/several-state-dicts", place: "model" }]);
    expect(warnings[0]?.message).toContain(
      `${JSON.stringify(key)} holds tensors of the same names and shapes, perhaps`,
    );
    expect(warnings[0]?.hint).toContain(`--key: ${JSON.stringify(key)}`);
  });

  it("without names are mentioned", async () => {
    const shadow = list(...NAMES.map(() => b.tensor(TWO_DIMENSIONS)));
    const { warnings } = await open(dict({ model: layer(), ema: dict({ shadow_params: shadow }) }));
    expect(warnings).toMatchObject([
      { code: "torch/unnamed-tensors", message: expect.stringContaining('"ema.shadow_params"') },
    ]);
  });

  it.each([
    ["the same dict under two names", concat(b.EMPTY_DICT, alias("model", layer()), recall("ema"))],
    ["moments of an optimizer", dict({ model: layer(), optimizer: dict({ state: stateDict(["exp_avg"], "", 2) }) })],
    ["other names", dict({ model: layer(), discriminator: stateDict(["a", "b", "c"]) })],
    ["other shapes", dict({ model: layer(), ema: stateDict(NAMES, "", 2) })],
  ])("are not %s", async (_, root) => {
    expect((await open(root)).warnings).toEqual([]);
  });
});

/** Sets an entry and memorises its value; sets another to that value. */
function alias(key: string, value: Uint8Array): Uint8Array {
  return concat(b.text(key), value, b.op("q", Uint8Array.of(200)), b.op("s"));
}
function recall(key: string): Uint8Array {
  return concat(b.text(key), b.op("h", Uint8Array.of(200)), b.op("s"));
}

const BODY = "net.body.1.body.0.mlp.0.weight";
const NETWORK = stateDict([BODY]);

describe("the entry that is taken", () => {
  it.each([
    ["params_ema before params", dict({ params: layer("a."), params_ema: layer("b.") }), "b.weight"],
    ["the usual one in which an architecture is", dict({ state_dict: stateDict(["x"]), model: layer() }), "weight"],
    ["an unusual one, if there is no usual one", dict({ optimizer: stateDict(["x"]), generator: layer() }), "weight"],
    ["an unusual one with a network, if it is the only one", dict({ model: stateDict(["x"]), net: NETWORK }), BODY],
    ["an unusual one with a network beside a tensor", dict({ step: b.tensor(), net: NETWORK }), BODY],
    ["the usual one before an unusual one with a layer", dict({ model: stateDict(["x"]), loss: layer() }), "x"],
    ["the second item of a list", list(b.int(3), layer()), "weight"],
    ["one in a defaultdict", defaultdict("generator", layer()), "weight"],
    ["what is there, where nothing is known", dict({ model: stateDict(["x"]) }), "x"],
    [
      "the only one, whatever its name, where nothing is known",
      dict({ weights: stateDict(["x"]), step: b.int(3) }),
      "x",
    ],
  ])("is %s", async (_, root, name) => {
    expect((await open(root)).names).toContain(name);
  });

  it.each([
    ["net_g", "net_d"],
    ["generator", "discriminator"],
    ["netG", "netD_A"],
    ["some", "optimizer_and_discriminator"],
  ])("is %s, never %s", async (generator, discriminator) => {
    const root = dict({ [discriminator]: layer("d."), [generator]: layer("g.") });
    expect(await open(root)).toMatchObject({ names: NAMES.map((name) => `g.${name}`), warnings: [] });
    expect((await open(root, discriminator)).names).toEqual(NAMES.map((name) => `d.${name}`));
  });

  it.each(["state", "checkpoint.weights"])("may lie in %s, as a path that --key takes", async (path) => {
    const inside = dict({ net_d: layer("d."), net_g: layer("g.") });
    const root = path.split(".").reduceRight((value, key) => dict({ [key]: value, epoch: b.int(3) }), inside);
    expect((await open(root)).names).toContain("g.weight");
    expect((await open(root, `${path}.net_d`)).names).toContain("d.weight");
  });

  it("is asked for where several hold an architecture", async () => {
    const root = dict({ g: layer(), d: layer(), other: stateDict(["x"]) });
    expect(await refusal(() => open(root))).toMatchObject([
      { code: "torch/several-networks", hint: expect.stringContaining('"g", "d"') },
    ]);
  });
});

function defaultdict(key: string, value: Uint8Array): Uint8Array {
  const made = b.call("collections", "defaultdict", b.global("builtins", "list"));
  return concat(made, b.text(key), value, b.op("s"));
}

describe("--key", () => {
  const root = dict({
    state_dict: b.dict(
      ...NAMES.flatMap((name) => [b.text(`net.${name}`), b.tensor(TWO_DIMENSIONS)]),
      b.text("criterion.w"),
      b.call("torch._utils", "_rebuild_qtensor"),
    ),
    optimizer: dict({ state: dict({ 0: stateDict(["net.exp_avg"]) }) }),
    net: b.text("resnet"),
    seven: b.dict(b.int(7), layer()),
  });

  it.each([
    ["net", NAMES],
    ["net.", NAMES],
    ["state_dict.net", NAMES],
    ["net.routing_fn", ["weight", "bias"]],
    ["seven.7", NAMES],
    ["optimizer.state.0", ["net.exp_avg"]],
    ["optimizer.state.0.net", ["exp_avg"]],
  ])("takes %s, an entry or what stands before names", async (key, names) => {
    expect((await open(root, key)).names).toEqual(names);
  });

  it.each([
    ["nte", "torch/key-not-found", 'that smxc knows: "net"'],
    ["seven", "torch/key-not-tensors", "--key"],
  ])("that is %s is refused", async (key, code, hint) => {
    expect(await refusal(() => open(root, key))).toMatchObject([{ code, hint: expect.stringContaining(hint) }]);
  });

  it("of names in several entries, none of them the usual one, is refused with the choices", async () => {
    const two = dict({ a: stateDict(["net.x"]), b: stateDict(["net.x"]) });
    expect(await refusal(() => open(two, "net"))).toMatchObject([
      { code: "torch/key-in-several", hint: expect.stringContaining('"a.net", "b.net"') },
    ]);
  });

  it("of an object names its class", async () => {
    const object = dict({ model: b.call("train", "Net") });
    expect(await refusal(() => open(object, "model"))).toMatchObject([
      {
        code: "pickle/forbidden-global",
        message: expect.stringContaining("train.Net"),
        hint: expect.stringMatching(/state_dict\(\)/),
      },
    ]);
  });
});
