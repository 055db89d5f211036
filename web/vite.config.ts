/** The page as static files in dist/web, for `smxc serve` or any other host. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const ORT_FOLDER = fileURLToPath(new URL("../node_modules/onnxruntime-web/dist/", import.meta.url));

/** What onnxruntime-web's `wasm` and `webgpu` entries load when a session is opened. */
const ORT_FILES = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"].flatMap((name) => [
  `${name}.mjs`,
  `${name}.wasm`,
]);

/** Cross-origin isolation, without which browsers give WebAssembly no threads. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Puts ONNX Runtime's files beside the page as they are: it finds its workers by the address of its own file. */
function ortFiles(): Plugin {
  return {
    name: "ort-files",
    generateBundle() {
      for (const name of ORT_FILES)
        this.emitFile({ type: "asset", fileName: `ort/${name}`, source: readFileSync(ORT_FOLDER + name) });
    },
    configureServer({ middlewares }) {
      middlewares.use("/ort/", (request, response, next) => {
        const name = basename(new URL(request.url ?? "", "http://localhost").pathname);
        if (!ORT_FILES.includes(name)) return next();
        response.setHeader("content-type", name.endsWith(".wasm") ? "application/wasm" : "text/javascript");
        response.end(readFileSync(ORT_FOLDER + name));
      });
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Relative, so that the page can lie in any folder of a host.
  base: "./",
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    // The content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    // The worker's runtime-free part is far below; ONNX Runtime's own files are not in it.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: "es" },
  resolve: {
    // Entries of onnxruntime-web that load their WebAssembly from a folder instead of carrying the loader with them.
    conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"],
  },
  plugins: [ortFiles()],
  server: { headers: ISOLATION, fs: { allow: [".."] } },
  preview: { headers: ISOLATION },
});
