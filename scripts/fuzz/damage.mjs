/** Bytes changed, cut out, doubled, or put in. */
export function damaged(file, random) {
  let result = Buffer.from(file);
  for (let left = 1 + random.int(6); left > 0 && result.length > 0; left--) {
    const at = random.int(result.length);
    const length = 1 + Math.floor(random.next() ** 3 * 200);
    const kind = random.next();
    if (kind < 0.6) result[at] = random.int(256);
    else if (kind < 0.8) result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)]);
    else result = Buffer.concat([result.subarray(0, at + length), result.subarray(at)]);
  }
  return result;
}
