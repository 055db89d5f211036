export default {
  // Paths relative to the page, so that it can lie in any folder of a host.
  base: "./",
  // The development server would move the package away from its workers and the networks' files; protobufjs is no module.
  optimizeDeps: { exclude: ["smxc"], include: ["smxc > protobufjs/minimal.js"] },
  // Workers as modules, which load the compiler when they need it; Vite writes one classic script otherwise, and cannot here.
  worker: { format: "es" },
  // The compiler is one chunk, a little over Vite's usual limit of 500 kB.
  build: { chunkSizeWarningLimit: 600 },
};
