/** Where ONNX Runtime's files are: in a folder beside the page, which vite.config.ts names. */
declare const ORT_FOLDER: string;

export const ORT_PATHS = new URL(
  /* @vite-ignore */ `${import.meta.env.DEV ? "/" : "../"}${ORT_FOLDER}`,
  import.meta.url,
).href;
