/** The page as static files in dist/web, for `smxc serve` or any other host. */
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { NETWORKS } from "../models/index.js";
import { LICENSES_FILE, thirdParty } from "./third-party.js";

const ORT_FOLDER = fileURLToPath(new URL("../node_modules/onnxruntime-web/dist/", import.meta.url));

const ORT_VERSION: string = JSON.parse(readFileSync(`${ORT_FOLDER}../package.json`, "utf8")).version;

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

/**
 * Puts ONNX Runtime's files beside the page as they are, in a folder of their version: it finds its workers by the address
 * of its own file.
 */
function ortFiles(): Plugin {
  return {
    name: "ort-files",
    generateBundle() {
      for (const name of ORT_FILES)
        this.emitFile({
          type: "asset",
          fileName: `ort/${ORT_VERSION}/${name}`,
          source: readFileSync(ORT_FOLDER + name),
        });
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

/** What lets the page be installed as an app, under names that stay the same. */
const APP_FILES: readonly string[] = ["app.webmanifest", "icon.svg"];

/** Files whose names have no hash. */
const KEPT_NAMES: readonly string[] = [...APP_FILES, LICENSES_FILE];

function appFiles(): Plugin {
  return {
    name: "app-files",
    generateBundle() {
      for (const fileName of APP_FILES)
        this.emitFile({ type: "asset", fileName, source: readFileSync(new URL(`./src/${fileName}`, import.meta.url)) });
    },
  };
}

/** The list of files that the page is made of, for the page and for its service worker. */
function offlineFiles(): Plugin {
  return {
    name: "offline-files",
    generateBundle: {
      // After the plugins that emit files.
      order: "post",
      handler(_options, bundle) {
        // Names without a hash may stand for other content one day.
        const files = Object.keys(bundle).filter((name) => !name.endsWith(".html") && !KEPT_NAMES.includes(name));
        const list = JSON.stringify(files.sort());
        const worker = readFileSync(new URL("./src/offline-worker.js", import.meta.url), "utf8");
        this.emitFile({ type: "asset", fileName: "offline.json", source: `{"files":${list}}` });
        this.emitFile({ type: "asset", fileName: "offline.js", source: `const FILES = ${list};\n${worker}` });
      },
    },
  };
}

/** The networks that come with smxc have a folder of their own, which the package leaves out: it has them once already. */
const OUTPUT = {
  assetFileNames: ({ originalFileNames }: { readonly originalFileNames: readonly string[] }) =>
    `${originalFileNames.some((name) => /(?:^|\/)models\/[^/]+$/.test(name)) ? "models" : "assets"}/[name]-[hash][extname]`,
};

/** What the networks weigh, for their cards. */
const NETWORK_BYTES = Object.fromEntries(
  NETWORKS.map(({ name, document, weights }) => [name, statSync(document).size + statSync(weights).size]),
);

const THIRD_PARTY = thirdParty();

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
    rolldownOptions: { checks: { pluginTimings: false }, output: OUTPUT },
  },
  worker: { format: "es", rolldownOptions: { output: OUTPUT }, plugins: () => [THIRD_PARTY.worker] },
  resolve: {
    // Entries of onnxruntime-web that load their WebAssembly from a folder instead of carrying the loader with them.
    conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "development|production"],
  },
  plugins: [ortFiles(), appFiles(), THIRD_PARTY.page, offlineFiles()],
  define: { ORT_FOLDER: JSON.stringify(`ort/${ORT_VERSION}/`), NETWORK_BYTES: JSON.stringify(NETWORK_BYTES) },
  server: { headers: ISOLATION, fs: { allow: [".."] } },
  preview: { headers: ISOLATION },
});
