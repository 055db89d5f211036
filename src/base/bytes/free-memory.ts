/** Gives the memory of buffers back with the next events; otherwise it waits until the engine looks for what nobody uses. */
export function freeMemory(buffers: readonly ArrayBuffer[]): void {
  // A message that nobody receives: what is moved with it is gone with the channel.
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(undefined, [...buffers]);
  port1.close();
  port2.close();
}
