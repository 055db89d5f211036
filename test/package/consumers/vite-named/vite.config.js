// The whole compiler and protobuf are one chunk, which is a little over Vite's usual limit of 500 kB.
export default { build: { chunkSizeWarningLimit: 600 } };
