// protobufjs has no module for browsers: index.html loads its script, and this hands on what that defined.
export default globalThis.protobuf;
