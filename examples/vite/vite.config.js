export default {
  // Paths relative to the page, so that it can lie in any folder of a host.
  base: "./",
  // The development server would move the package away from the networks' files.
  optimizeDeps: { exclude: ["smxc"] },
  // The compiler is one chunk, a little over Vite's usual limit of 500 kB.
  build: { chunkSizeWarningLimit: 600 },
};
