/** Small ICC profiles, made tag by tag. */

const s15 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65_536));
  return bytes;
};
const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const tag = (type: string, ...body: readonly Uint8Array[]): Buffer =>
  Buffer.concat([Buffer.from(type, "latin1"), u32(0), ...body]);

export const xyz = (values: readonly number[]): Buffer => tag("XYZ ", ...values.map(s15));
export const parametric = (type: number, ...parameters: readonly number[]): Buffer =>
  tag("para", u16(type), u16(0), ...parameters.map(s15));
export const curve = (...samples: readonly number[]): Buffer =>
  tag("curv", u32(samples.length), ...samples.map((value) => u16(Math.round(value))));
export const gamma = (exponent: number): Buffer => curve(exponent * 256);
export const description = (text: string): Buffer =>
  tag("desc", u32(text.length + 1), Buffer.from(`${text}\0`, "latin1"), Buffer.alloc(78));

/** A table of 2 × 2 × 2 colours, `lut8Type`, whose outputs are Lab of 8 bits. */
export const labTable = (lab: (r: number, g: number, b: number) => readonly [number, number, number]): Buffer => {
  const identity = Buffer.from(Array.from({ length: 256 }, (_, level) => level));
  const corners = [0, 1].flatMap((r) => [0, 1].flatMap((g) => [0, 1].map((b) => Buffer.from(lab(r, g, b)))));
  const matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1].map(s15);
  const three = [identity, identity, identity];
  return tag("mft1", Buffer.from([3, 3, 2, 0]), ...matrix, ...three, ...corners, ...three);
};

export interface ProfileForm {
  readonly version?: 2 | 4;
  readonly deviceClass?: string;
  readonly samples?: string;
  readonly connection?: string;
}

export function iccProfile(
  tags: Readonly<Record<string, Uint8Array>>,
  { version = 4, deviceClass = "mntr", samples = "RGB ", connection = "XYZ " }: ProfileForm = {},
): Buffer {
  const header = Buffer.alloc(128);
  header[8] = version;
  header.write(deviceClass, 12, "latin1");
  header.write(samples, 16, "latin1");
  header.write(connection, 20, "latin1");
  header.write("acsp", 36, "latin1");
  for (const [index, value] of [0.9642, 1, 0.8249].entries()) s15(value).copy(header, 68 + index * 4);
  const entries = Object.entries(tags);
  let at = 132 + entries.length * 12;
  const table: Buffer[] = [];
  const bodies: Buffer[] = [];
  for (const [name, body] of entries) {
    table.push(Buffer.concat([Buffer.from(name, "latin1"), u32(at), u32(body.length)]));
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    bodies.push(padded);
    at += padded.length;
  }
  header.writeUInt32BE(at, 0);
  return Buffer.concat([header, u32(entries.length), ...table, ...bodies]);
}

/** As sRGB's own profiles have them. */
export const SRGB_COLORANTS = {
  rXYZ: xyz([0.43607, 0.22249, 0.01392]),
  gXYZ: xyz([0.38515, 0.71687, 0.09708]),
  bXYZ: xyz([0.14307, 0.06061, 0.7141]),
} as const;

export const SRGB_PARAMETERS = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045] as const;

/** A profile of sRGB's colorants with one curve for all of its channels. */
export function rgbProfile(name: string, trc: Uint8Array, form: ProfileForm = {}): Buffer {
  const shared = { desc: description(name), wtpt: xyz([0.9642, 1, 0.8249]) };
  return iccProfile({ ...shared, ...SRGB_COLORANTS, rTRC: trc, gTRC: trc, bTRC: trc }, form);
}
