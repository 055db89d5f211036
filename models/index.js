// The networks that come with smxc, by name. Plain JavaScript with whole addresses, since bundlers copy what these name.
// The documents and weights beside this file are made by scripts/make-models.mjs.
export const NETWORKS = [
  {
    name: "nsr-x2",
    task: "enlarge ×2",
    scale: 2,
    licence: "MIT",
    document: new URL("./nsr-x2.json", import.meta.url),
    weights: new URL("./nsr-x2.weights.safetensors", import.meta.url),
  },
  {
    name: "nsr-x3",
    task: "enlarge ×3",
    scale: 3,
    licence: "MIT",
    document: new URL("./nsr-x3.json", import.meta.url),
    weights: new URL("./nsr-x3.weights.safetensors", import.meta.url),
  },
  {
    name: "nsr-x4",
    task: "enlarge ×4",
    scale: 4,
    licence: "MIT",
    document: new URL("./nsr-x4.json", import.meta.url),
    weights: new URL("./nsr-x4.weights.safetensors", import.meta.url),
  },
  {
    name: "nsr-real-x2",
    task: "enlarge ×2 and clean (blur, noise, compression)",
    scale: 2,
    licence: "MIT",
    document: new URL("./nsr-real-x2.json", import.meta.url),
    weights: new URL("./nsr-real-x2.weights.safetensors", import.meta.url),
  },
  {
    name: "nsr-denoise25",
    task: "remove noise (σ = 25)",
    scale: 1,
    licence: "MIT",
    document: new URL("./nsr-denoise25.json", import.meta.url),
    weights: new URL("./nsr-denoise25.weights.safetensors", import.meta.url),
  },
  {
    name: "nsr-jpeg10",
    task: "remove traces of JPEG compression (quality 10)",
    scale: 1,
    licence: "MIT",
    document: new URL("./nsr-jpeg10.json", import.meta.url),
    weights: new URL("./nsr-jpeg10.weights.safetensors", import.meta.url),
  },
];
