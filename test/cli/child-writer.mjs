// Runs the built writer in a process of its own: child-writer.mjs <mode> <path>…
import { writeFiles } from "../../dist/cli-modules/files/write-files.js";

const [mode, ...paths] = process.argv.slice(2);

/** Announces every piece on standard output and waits between pieces, so that the parent can act in the middle. */
function slowly(pieces) {
  const piece = new Uint8Array(2 ** 20).fill(7);
  return {
    length: pieces * piece.length,
    async *chunks() {
      for (let index = 0; index < pieces; index++) {
        yield piece;
        process.stdout.write(`piece ${index}\n`);
        await new Promise((resolve) => setTimeout(resolve, mode === "slow" ? 20 : 0));
      }
    },
  };
}

try {
  await writeFiles(
    paths.map((path) => ({ path, content: slowly(mode === "slow" ? 500 : 4) })),
    { inputs: [] },
  );
  process.stdout.write("written\n");
} catch (cause) {
  process.stdout.write(`${JSON.stringify({ kind: cause.kind, diagnostics: cause.diagnostics })}\n`);
  process.exitCode = 2;
}
