// Restores a picture: node restore.mjs photo.png larger.png [network]
import { writeFile } from "node:fs/promises";
import { encodeImage, load, readImage, SmxcError } from "smxc/runtime";

const [from, to, name = "nsr-x2"] = process.argv.slice(2);
if (to === undefined) {
  console.error("usage: node restore.mjs <picture> <result> [network]");
  process.exit(2);
}

const warn = ({ message }) => console.warn(message);
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

try {
  const network = await load(name, { report: warn });
  try {
    const picture = await readImage(from, warn);
    const { width, height } = network.resultSize(picture);
    console.log(`${name}: ${width} × ${height} pixels`);
    const { image } = await network.restore(picture, {
      signal: stop.signal,
      onProgress: (done, total) => process.stderr.isTTY && process.stderr.write(`\r${done} of ${total}`),
    });
    await writeFile(to, await encodeImage(image, to, warn));
    console.log(`wrote ${to}`);
  } finally {
    await network.release();
  }
} catch (cause) {
  if (!stop.signal.aborted && !(cause instanceof SmxcError)) throw cause;
  console.error(stop.signal.aborted ? "stopped" : cause.message);
  process.exitCode = stop.signal.aborted ? 130 : 1;
}
