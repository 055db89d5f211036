/**
 * onnxruntime-node 1.30 notes every session for Microsoft, with a number for the device, in a file of the user's cache folder, and has the
 * code to send it. smxc promises that nothing leaves the machine. A value of ORT_DISABLE_TELEMETRY that the user sets stays.
 *
 * The runtime reads the environment of the process, of which worker threads have a copy only: call this before it is loaded, and
 * before a worker is started that loads it.
 */
export function refuseTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
}
