/** Pickles of random opcodes, and the files of PyTorch around them. */
import { crc32 } from "../../dist/src/files/zip/crc32.js";

const bytes = (...parts) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))));
const u16 = (value) => [value & 255, (value >> 8) & 255];
const u32 = (value) => [...u16(value & 0xffff), ...u16((value >>> 16) & 0xffff)];
const text = (value) => bytes("X", u32(Buffer.byteLength(value)), Buffer.from(value));

const NAMES = [
  ..."model state_dict params_ema ema net. w weight bias mlp.0.weight mlp.0.bias routing_fn.weight __proto__".split(
    " ",
  ),
  ..."body.0.weight body.0.bias body.1.body.0.weight body.1.body.0.mlp.0.weight body.999999999.body.0.bias".split(" "),
  "storage",
  "cpu",
  "0",
  "x".repeat(3000),
  "a.".repeat(200),
];
const GLOBALS = [
  ..."collections.OrderedDict collections.defaultdict torch._utils._rebuild_tensor_v2 torch.Size torch.FloatStorage".split(
    " ",
  ),
  ..."torch._utils._rebuild_parameter torch._tensor._rebuild_from_type_v2 pathlib.PosixPath functools.partial".split(
    " ",
  ),
  ..."numpy.dtype copyreg._reconstructor builtins.dict torch.float16 torch.HalfStorage os.system a.b".split(" "),
];
const PLAIN = [
  "N",
  ")",
  "]",
  "}",
  "\x88",
  "\x89",
  "\x8f",
  "(",
  "0",
  "1",
  "2",
  "t",
  "l",
  "d",
  "u",
  "e",
  "s",
  "a",
  "b",
  "R",
];
const MORE = [
  "\x81",
  "\x92",
  "\x90",
  "\x91",
  "\x94",
  "\x93",
  "\x85",
  "\x86",
  "\x87",
  "o",
  "Q",
  "\x97",
  "\x98",
  "I01\n",
  "F1\n",
  "V\\u00e9\n",
];

/** A pickle of random opcodes, most of which fit what stands before them. */
export function randomPickle(random) {
  const pick = (list) => random.pick(list);
  const int = (most) => random.int(most);
  const global = () => {
    const path = pick(GLOBALS);
    const dot = path.lastIndexOf(".");
    return bytes("c", path.slice(0, dot), "\n", path.slice(dot + 1), "\n");
  };
  const number = () => (random.next() < 0.97 ? bytes("K", [int(6)]) : bytes("J", u32(int(2 ** 32))));
  const get = () => bytes("h", [int(24)]);
  const put = () => bytes("q", [int(24)]);
  const shape = (dims) =>
    random.next() < 0.02 ? get() : bytes("(", ...Array.from({ length: dims }, () => ["K".charCodeAt(0), int(3)]), "t");
  const storage = () => bytes("(", text("storage"), global.call(), text("0"), text("cpu"), number(), "tQ");
  const sound = () => bytes("(", text("storage"), "ctorch\nFloatStorage\n", text("0"), text("cpu"), "K\x04tQ");
  const tensor = (dims = int(4)) => {
    const from = random.next() < 0.97 ? sound() : storage();
    return bytes("ctorch._utils\n_rebuild_tensor_v2\n(", from, "K\x00", shape(dims), shape(dims), "\x89NtR");
  };
  const value = (depth) => {
    const kind = random.next();
    if (depth > 5 || kind < 0.2) return random.next() < 0.9 ? get() : number();
    if (kind < 0.5) return bytes(tensor(), random.next() < 0.5 ? put() : "");
    if (kind < 0.7) return dict(depth);
    if (kind < 0.8) return bytes("]", put(), "(", ...Array.from({ length: int(6) }, () => value(depth + 1)), "e");
    if (kind < 0.83)
      return bytes(global(), "(", ...Array.from({ length: int(4) }, () => value(depth + 1)), "tR", put());
    return text(pick(NAMES));
  };
  const dict = (depth) =>
    bytes("}", put(), "(", ...Array.from({ length: int(8) }, () => bytes(text(pick(NAMES)), value(depth + 1))), "u");
  const noise = () =>
    Array.from({ length: int(12) }, () => bytes(pick([...PLAIN, ...MORE, get(), put(), global(), number()])));
  const memo = Array.from({ length: 24 }, (_, i) => bytes("q", [i]));
  const shared = Array.from({ length: int(4) }, () => bytes(value(4), put(), "0"));
  return bytes("\x80\x02", tensor(), ...memo, "0", ...shared, dict(0), ...(random.next() < 0.3 ? noise() : []), ".");
}

function zip(entries) {
  const parts = [];
  const records = [];
  let at = 0;
  for (const [name, data] of entries) {
    const sizes = [...u32(crc32(data)), ...u32(data.length), ...u32(data.length), ...u16(name.length), 0, 0];
    const local = bytes(u32(0x04034b50), u16(0), u16(0), u16(0), u32(0), sizes, name, data);
    records.push(
      bytes(u32(0x02014b50), u16(0), u16(0), u16(0), u16(0), u32(0), sizes, new Uint8Array(10), u32(at), name),
    );
    parts.push(local);
    at += local.length;
  }
  const directory = bytes(...records);
  const count = u16(entries.length);
  return bytes(
    ...parts,
    directory,
    u32(0x06054b50),
    u16(0),
    u16(0),
    count,
    count,
    u32(directory.length),
    u32(at),
    u16(0),
  );
}

/** A checkpoint as zip, with one storage of 16 bytes. */
export const checkpoint = (pickle) =>
  zip([
    ["a/data.pkl", pickle],
    ["a/data/0", Buffer.alloc(16)],
  ]);

/** The same as before PyTorch 1.6. */
export function legacy(pickle) {
  const magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
  const info = bytes("\x80\x02M", u16(1001), ".\x80\x02}", text("little_endian"), "\x88s.");
  return bytes(magic, info, pickle, "\x80\x02]", text("0"), "a.", [4, 0, 0, 0, 0, 0, 0, 0], Buffer.alloc(16));
}
