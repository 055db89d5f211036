import { imageFromPixels, load, pixelsOf, SmxcError } from "smxc/runtime/worker";

const NETWORK = "nsr-x2";

const status = document.querySelector("#status");
const cancel = document.querySelector("#cancel");
const canvas = document.querySelector("#result");

// In a worker, so that this page stays free: WebGPU where the browser has it, else WebAssembly, without cross-origin isolation.
// In patches, as the network was trained, the result appears from the top down, 64 rows of the picture at a time.
const OPTIONS = { context: "trained", tile: 64 };
let loading;

document.querySelector("#picture").addEventListener("change", async ({ target }) => {
  const stop = new AbortController();
  const onCancel = () => stop.abort();
  cancel.addEventListener("click", onCancel);
  cancel.disabled = false;
  target.disabled = true;
  try {
    status.textContent = "Loading…";
    loading ??= load(NETWORK, OPTIONS);
    const [network, picture] = await Promise.all([loading, readPicture(target.files[0])]);
    const { width, height } = network.resultSize(picture);
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    await network.restore(picture, {
      signal: stop.signal,
      onTile({ left, top, image }) {
        const pixels = pixelsOf(image);
        context.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), left, top);
      },
      onProgress(done, total) {
        status.textContent = `${Math.round((100 * done) / total)} %`;
      },
    });
    status.textContent = `Done: ${width} × ${height} pixels`;
  } catch (cause) {
    if (stop.signal.aborted) status.textContent = "Stopped.";
    else status.textContent = cause instanceof SmxcError ? cause.message : `Defect: ${cause}`;
  } finally {
    cancel.removeEventListener("click", onCancel);
    cancel.disabled = true;
    target.disabled = false;
    target.value = "";
  }
});

async function readPicture(file) {
  const bitmap = await createImageBitmap(file);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  return imageFromPixels(context.getImageData(0, 0, bitmap.width, bitmap.height));
}
