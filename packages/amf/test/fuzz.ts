/** What the fuzz tests of both versions have in common. */
import { AmfError, Amf0Encoder, Amf3Encoder, type AmfValue, flexExternalizables } from "@rtmp/amf";
import { seededBytes, seededRandom, toHex } from "@rtmp/testing";
import { ByteWriter } from "@rtmp/wire";
import { tryDecode, tryDecode3 } from "./decoded.ts";

const options = { externalizables: flexExternalizables };

/** A version of AMF with the classes of Flex. */
export interface Codec {
  readonly decode: (bytes: Uint8Array) => AmfValue[] | AmfError;
  readonly encode: (values: readonly AmfValue[]) => Uint8Array;
}

export const amf0: Codec = {
  decode: (bytes) => tryDecode(bytes, options),
  encode: (values) => {
    const writer = new ByteWriter();
    const encoder = new Amf0Encoder(writer, options);
    for (const value of values) encoder.write(value);
    return writer.take();
  },
};

export const amf3: Codec = {
  decode: (bytes) => tryDecode3(bytes, options),
  encode: (values) => {
    const writer = new ByteWriter();
    const encoder = new Amf3Encoder(writer, options);
    for (const value of values) encoder.write(value);
    return writer.take();
  },
};

/** Encodes values, decodes them and encodes them again: whether the bytes are the same. */
export function isStable({ decode, encode }: Codec, values: readonly AmfValue[]): boolean {
  const once = encode(values);
  const again = decode(once);
  return !(again instanceof AmfError) && Buffer.from(once).equals(encode(again));
}

/** Changes, cuts, inserts, or splices two inputs. */
function mutate(bytes: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const mutated = bytes.slice();
  switch (Math.floor(random() * 5)) {
    case 0:
      mutated[at] = Math.floor(random() * 256);
      return mutated;
    case 1:
      // Markers and small lengths reach deeper than any byte.
      mutated[at] = Math.floor(random() * 0x12);
      return mutated;
    case 2:
      return mutated.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), seededBytes(random, 3), bytes.subarray(at)]);
    default:
      return Buffer.concat([bytes.subarray(0, at), other]);
  }
}

/**
 * Decodes mutations of the seeds; what decodes must be encodable.
 *
 * @returns how many decode
 */
export function fuzz(codec: Codec, seeds: readonly Uint8Array[], inputs: number): number {
  const random = seededRandom(1111);
  const pick = () => seeds.at(Math.floor(random() * seeds.length))!;
  let decoded = 0;
  for (let i = 0; i < inputs; i++) {
    let bytes = pick();
    for (let rounds = 1 + Math.floor(random() * 3); rounds > 0; rounds--) {
      bytes = mutate(bytes, pick(), random);
    }

    const outcome = codec.decode(bytes);
    if (outcome instanceof AmfError) continue;
    if (!isStable(codec, outcome)) throw new Error(`not stable: ${toHex(bytes)}`);
    decoded++;
  }
  return decoded;
}
