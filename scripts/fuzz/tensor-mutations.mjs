/** Changes of tensors: their values, and their sizes with the values that go with them. */
import { HeldBytes } from "../../dist/src/onnx/graph/blob.js";

const FLOAT = 1;
const INT64 = 7;
const FLOATS = [0, -0, 1, -1, 1e-30, 1e30, 3.4e38, Number.NaN, Number.POSITIVE_INFINITY, 1e-45];
const INTS = [0n, 1n, -1n, 2n, 3n, 4n, 16n, -2n, 2n ** 31n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 40n];

export function mutatedTensor(tensor, random) {
  if (random.chance(0.3)) return { ...tensor, dims: otherDims(tensor.dims.map(Number), random) };
  const bytes = tensor.raw_data?.bytes;
  if (!bytes || bytes.length === 0) return tensor;
  const copy = Buffer.from(bytes);
  if (tensor.data_type === FLOAT && copy.length >= 4) {
    const at = 4 * random.int(Math.floor(copy.length / 4));
    copy.writeFloatLE(random.chance(0.5) ? random.next() * 4 - 2 : random.pick(FLOATS), at);
  } else if (tensor.data_type === INT64 && copy.length >= 8) {
    const at = 8 * random.int(Math.floor(copy.length / 8));
    const near = copy.readBigInt64LE(at) + random.pick([1n, -1n]);
    copy.writeBigInt64LE(random.chance(0.5) ? BigInt.asIntN(64, near) : random.pick(INTS), at);
  } else copy[random.int(copy.length)] = random.int(256);
  return { ...tensor, raw_data: new HeldBytes(copy) };
}

/** Of as many values most of the time. */
function otherDims(dims, random) {
  const at = random.int(Math.max(1, dims.length));
  const other = random.int(Math.max(1, dims.length));
  const ways = [
    () => dims.toSpliced(at, 0, 1),
    () => (dims[at] === 1 ? dims.toSpliced(at, 1) : dims),
    () => dims.with(at, dims[other]).with(other, dims[at]),
    () => [dims.reduce((product, dim) => product * dim, 1)],
    () => (dims[at] % 2 === 0 ? dims.toSpliced(at, 1, dims[at] / 2, 2) : dims),
    () => dims.with(at, dims[at] + random.pick([1, -1])),
  ];
  return dims.length === 0 ? random.pick([[1], [1, 1], []]) : random.pick(ways)();
}
