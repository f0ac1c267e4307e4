import { dataPacket, type MediaPacket, readMediaPacket } from "@rtmp/flv";
import { hex } from "@rtmp/testing";

const bytes = (head: string, mark: number): Uint8Array =>
  hex(head + mark.toString(16).padStart(2, "0"));

/** AVC sequence header whose record is one byte. */
export const videoHeader = (timestamp: number, mark = 0x11): MediaPacket =>
  readMediaPacket("video", timestamp, bytes("17 00 00 00 00", mark));

/** AVC keyframe whose data is one byte. */
export const keyframe = (timestamp: number, mark = 0x22): MediaPacket =>
  readMediaPacket("video", timestamp, bytes("17 01 00 00 00", mark));

/** AVC keyframe of so many bytes, filled with its timestamp. */
export function largeKeyframe(timestamp: number, length: number): MediaPacket {
  const body = new Uint8Array(length).fill(timestamp);
  body.set(hex("17 01 00 00 00"));
  return readMediaPacket("video", timestamp, body);
}

/** AVC inter frame whose data is one byte. */
export const interFrame = (timestamp: number, mark = 0x33): MediaPacket =>
  readMediaPacket("video", timestamp, bytes("27 01 00 00 00", mark));

/** AAC sequence header. */
export const audioHeader = (timestamp: number): MediaPacket =>
  readMediaPacket("audio", timestamp, hex("af 00 12 10"));

/** Raw AAC frame of one byte. */
export const audioFrame = (timestamp: number, mark = 0x44): MediaPacket =>
  readMediaPacket("audio", timestamp, bytes("af 01", mark));

/** onMetaData with an empty ECMA array. */
export const metadata = (timestamp: number): MediaPacket =>
  dataPacket(
    timestamp,
    hex("02 00 0a 6f 6e 4d 65 74 61 44 61 74 61 08 00 00 00 00 00 00 09"),
    "metadata",
  );

/** Sequence start of HEVC on a track of its own (Multitrack, OneTrack). */
export const trackHeader = (track: number): MediaPacket =>
  readMediaPacket(
    "video",
    0,
    bytes(`96 00 68 76 63 31 ${track.toString(16).padStart(2, "0")}`, 0x55),
  );
