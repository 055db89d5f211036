/** Changes of a checkpoint's header: names, types and shapes of tensors, the configuration, the architecture. */
const SIZES = [0, 1, 2, 3, 4, 7, 16, 63, 255, 2 ** 16, 2 ** 31 - 1, 2 ** 31, 2 ** 40, 2 ** 53 - 1];
const PARTS =
  "weight bias body head tail 0 1 2 999999999 weight_v weight_g running_mean num_batches_tracked __proto__".split(" ");
const ARCHS =
  "rrdb edsr rcan dncnn span nsr compact sparse-block odconv dynamic-conv condconv modulated-conv nsr-conv".split(" ");
const VALUES = [0, 1, -1, 2, 0.5, 3, 1e9, 1e300, "", "x", true, null, [], [0, 1], [1, 0], [1, 2, 3], {}];

/** @param other gives the header of another input */
export function mutatedHeader(header, random, other) {
  let changed = header;
  for (let left = 1 + random.int(3); left > 0; left--) changed = random.pick(CHANGES)(changed, random, other);
  return { ...changed, tensors: [...new Map(changed.tensors.map((tensor) => [tensor.name, tensor])).values()] };
}

const ofTensors = (change) => (header, random, other) => ({
  ...header,
  tensors: change(header.tensors, random, other),
});

/** One tensor, or all whose name ends as its name does. */
const ofSome = (change) =>
  ofTensors((tensors, random) => {
    if (tensors.length === 0) return tensors;
    const { name } = random.pick(tensors);
    const end = name
      .split(".")
      .slice(-1 - random.int(2))
      .join(".");
    const few = random.chance(0.6);
    return tensors.flatMap((tensor) =>
      (few ? tensor.name === name : tensor.name.endsWith(end)) ? change(tensor, random) : [tensor],
    );
  });

function otherShape(shape, random) {
  const at = random.int(Math.max(1, shape.length));
  const size = shape[at] ?? 1;
  const ways = [
    () => shape.with(at, size + random.pick([1, -1])),
    () => shape.with(at, size * random.pick([2, 3, 4])),
    () => shape.with(at, random.pick(SIZES)),
    () => shape.toSpliced(at, 1),
    () => shape.toSpliced(at, 0, random.pick([1, 1, 2])),
    () => shape.toReversed(),
  ];
  return shape.length === 0
    ? [random.pick(SIZES)]
    : random
        .pick(ways)()
        .map((each) => Math.max(0, each));
}

/** A part of a name, where numbers are most of what matters. */
function otherName(name, random) {
  const parts = name.split(".");
  const at = random.int(parts.length);
  const number = Number(parts[at]);
  const near = Number.isInteger(number) ? String(Math.max(0, number + random.pick([1, -1, 2]))) : random.pick(PARTS);
  const ways = [
    () => parts.with(at, near),
    () => parts.with(at, random.pick(PARTS)),
    () => parts.toSpliced(at, 1),
    () => parts.toSpliced(at, 0, random.pick(PARTS)),
  ];
  return random.pick(ways)().join(".");
}

const reshape = ofSome((tensor, random) => [{ ...tensor, shape: otherShape(tensor.shape, random) }]);

const CHANGES = [
  reshape,
  reshape,
  reshape,
  ofSome(() => []),
  ofSome((tensor, random) => [{ ...tensor, name: otherName(tensor.name, random) }]),
  ofSome((tensor, random) => [tensor, { ...tensor, name: otherName(tensor.name, random) }]),
  ofSome((tensor, random) => [{ ...tensor, dtype: random.pick(["int64", "bool", "float16", "bfloat16", "float64"]) }]),
  // The same number of channels wherever it stood.
  ofTensors((tensors, random) => {
    const sizes = tensors.flatMap(({ shape }) => shape);
    if (sizes.length === 0) return tensors;
    const [from, to] = [random.pick(sizes), random.chance(0.5) ? random.pick(sizes) : random.pick(SIZES)];
    return tensors.map((tensor) => ({ ...tensor, shape: tensor.shape.map((size) => (size === from ? to : size)) }));
  }),
  // Another place for what stands in one.
  ofTensors((tensors, random) => {
    if (tensors.length < 2) return tensors;
    const [a, b] = [random.pick(tensors), random.pick(tensors)];
    const shapes = new Map([
      [a.name, b.shape],
      [b.name, a.shape],
    ]);
    return tensors.map((tensor) => ({ ...tensor, shape: shapes.get(tensor.name) ?? tensor.shape }));
  }),
  ofTensors((tensors, random) => {
    const prefix = random.pick(PARTS);
    return tensors.map((tensor) => ({ ...tensor, name: `${prefix}.${tensor.name}` }));
  }),
  ofTensors((tensors, random, other) => {
    const more = other().tensors;
    const from = random.int(more.length);
    return [...tensors, ...more.slice(from, from + 1 + random.int(more.length))];
  }),
  // One more of what is there several times: a stage, a block.
  ofTensors((tensors, random) => {
    const numbers = tensors.flatMap(({ name }) => name.split(".").filter((part) => /^\d+$/.test(part)));
    if (numbers.length === 0) return tensors;
    const from = random.pick(numbers);
    const to = String(Number(from) + random.pick([1, 2, 5]));
    const copies = tensors.map((tensor) => ({
      ...tensor,
      name: tensor.name
        .split(".")
        .map((part) => (part === from ? to : part))
        .join("."),
    }));
    return random.chance(0.5) ? [...tensors, ...copies] : copies;
  }),
  (header, random) => ({ ...header, arch: random.chance(0.3) ? undefined : random.pick(ARCHS) }),
  (header, random) => {
    const entries = Object.entries(header.config);
    if (entries.length === 0 || random.chance(0.3)) {
      const key = random.pick([
        "experts",
        "scale",
        "patch",
        "range",
        "mean",
        "residual_scale",
        "groups",
        "padding",
        "stride",
        "epsilon",
      ]);
      return { ...header, config: { ...header.config, [key]: random.pick(VALUES) } };
    }
    const at = random.int(entries.length);
    if (random.chance(0.3)) return { ...header, config: Object.fromEntries(entries.toSpliced(at, 1)) };
    const [key, value] = entries[at];
    const near = typeof value === "number" && random.chance(0.5) ? value + random.pick([1, -1]) : random.pick(VALUES);
    return { ...header, config: Object.fromEntries(entries.with(at, [key, near])) };
  },
];
