/** What can be wrong with the bytes of a protobuf message, whatever the message is. */
export const WIRE_FAULTS = {
  "onnx/wire-truncated": "the data ends inside a field",
  "onnx/wire-varint": "an integer takes more bytes than protobuf allows",
  "onnx/wire-length": "a field's length goes past the end of its message",
  "onnx/wire-tag": "a field has the number 0, which protobuf reserves",
  "onnx/wire-type": "a field has a wire type that protobuf does not define",
  "onnx/wire-group": "a group ends that was not opened",
  "onnx/wire-packed": "the length of packed values is not a multiple of their size",
  "onnx/wire-depth": "messages are nested deeper than 100 levels",
} as const;

export type WireFaultCode = keyof typeof WIRE_FAULTS;

/** Thrown inside the reader, which turns it into an SmxcError; each message on the way out adds its step to the path. */
export class WireFault extends Error {
  override readonly name = "WireFault";
  readonly path: string[] = [];

  constructor(
    readonly code: WireFaultCode,
    /** Bytes from the start of the file. */
    readonly offset: number,
  ) {
    super(WIRE_FAULTS[code]);
  }

  within(step: string): this {
    this.path.unshift(step);
    return this;
  }
}
