/**
 * The tags of an FLV file as media packets: what a hub and a publisher take.
 *
 * FLV E.4.1, E.4.4
 */

import { dataPacket, type MediaPacket, readMediaPacket } from "../media-packet.ts";
import { defaultFlvLimits, type FlvLimits } from "../limits.ts";
import { type FlvTag, FlvTagType } from "./tag.ts";
import { FlvTagReader } from "./tag-reader.ts";

// The AMF0 string "onMetaData".
const metadataName = Uint8Array.from("\u0002\0\u000aonMetaData", (text) => text.charCodeAt(0));

/**
 * Turns a tag into a packet; its body is the tag's data.
 *
 * AMF3 data loses its format byte, behind which it is AMF0.
 *
 * @throws FlvError as `readMediaPacket` does
 */
export function tagPacket(tag: FlvTag, limits: FlvLimits = defaultFlvLimits): MediaPacket {
  const { type, timestamp, data } = tag;
  if (type === FlvTagType.Audio) return readMediaPacket("audio", timestamp, data, limits);
  if (type === FlvTagType.Video) return readMediaPacket("video", timestamp, data, limits);
  const hasFormatByte = type === FlvTagType.DataAmf3 && data[0] === 0;
  return scriptPacket(timestamp, hasFormatByte ? data.subarray(1) : data);
}

function scriptPacket(timestamp: number, body: Uint8Array): MediaPacket {
  const isMetadata = metadataName.every((byte, index) => body[index] === byte);
  return dataPacket(timestamp, body, isMetadata ? "metadata" : "coded-frames");
}

const tagTypes = {
  audio: FlvTagType.Audio,
  video: FlvTagType.Video,
  data: FlvTagType.DataAmf0,
} as const;

/** Turns a packet, or a message of the same form, into the tag that carries it. */
export function packetTag({
  kind,
  timestamp,
  body,
}: Pick<MediaPacket, "kind" | "timestamp" | "body">): FlvTag {
  return { type: tagTypes[kind], timestamp, data: body };
}

/**
 * Reads the packets of a file that is in memory.
 *
 * A file whose end is cut, as that of a recorder that was killed, gives what is whole.
 *
 * @param file  the whole file; packets are views of it, so it must not change afterwards
 * @throws FlvError as `FlvTagReader.push` and `readMediaPacket` do
 * @throws RangeError when a limit is not a whole number from 1
 */
export function readFlvPackets(file: Uint8Array, limits?: Partial<FlvLimits>): MediaPacket[] {
  const resolved = { ...defaultFlvLimits, ...limits };
  const packets: MediaPacket[] = [];
  new FlvTagReader(limits).push(file, (tag) => packets.push(tagPacket(tag, resolved)));
  return packets;
}
