/** What the fuzz test does with headers of media messages, what they carry, and files of them. */

import { decodeAmf0Sequence } from "@rtmp/amf";
import {
  decodeAudioBody,
  decodeColorInfo,
  decodeMultichannelConfig,
  decodeVideoBody,
  encodeAudioBody,
  encodeColorInfo,
  encodeFlvFileHeader,
  encodeFlvTag,
  encodeMultichannelConfig,
  encodeVideoBody,
  FlvTagReader,
  FlvTagType,
  readMediaPacket,
  readOnMetaData,
} from "@rtmp/flv";
import { hex, randomSplit, toHex } from "@rtmp/testing";

import type { FuzzTarget } from "./fuzz-targets.ts";

/**
 * The targets of `@rtmp/flv`; their shares add up to 31.
 *
 * @param seeds  payloads of captures by kind
 */
export function flvTargets(seeds: {
  readonly video: readonly Uint8Array[];
  readonly audio: readonly Uint8Array[];
  readonly data: readonly Uint8Array[];
}): FuzzTarget[] {
  const { video, audio, data } = seeds;
  return [
    {
      name: "video",
      share: 11,
      seeds: [...video, ...enhancedVideoSeeds],
      run: (bytes) => runMedia("video", bytes),
    },
    {
      name: "audio",
      share: 11,
      seeds: [...audio, ...enhancedAudioSeeds],
      run: (bytes) => runMedia("audio", bytes),
    },
    { name: "multichannel-config", share: 1, seeds: multichannelSeeds, run: runMultichannel },
    { name: "color-info", share: 2, seeds: colorInfoSeeds, run: runColorInfo },
    { name: "on-meta-data", share: 3, seeds: data, run: runOnMetaData },
    { name: "flv-file", share: 3, seeds: [fileSeed(video.slice(0, 8))], run: runFile },
  ];
}

/** Reads a message as a relay does and whole; what is read must be written byte for byte. */
function runMedia(kind: "audio" | "video", bytes: Uint8Array): void {
  readMediaPacket(kind, 0, bytes);
  const written =
    kind === "video"
      ? encodeVideoBody(decodeVideoBody(bytes))
      : encodeAudioBody(decodeAudioBody(bytes));
  if (!Buffer.from(written).equals(bytes)) throw new Error(`written as ${toHex(written)}`);
}

/** Enhanced video in every layout; the captures have OneTrack alone, and no ModEx. */
const enhancedVideoSeeds: readonly Uint8Array[] = [
  "a7 02 07 a1 20 07 ff 00 00 aa 13 68 76 63 31 aa",
  "d7 00 ee 01 01",
  "a6 11 61 76 63 31 00 00 00 04 00 00 28 aa 01 00 00 03 ff ff ec",
  "a6 23 68 76 63 31 00 00 00 01 aa 61 76 63 31 01 00 00 01 bb",
].map(hex);

/** Enhanced audio in every layout. */
const enhancedAudioSeeds: readonly Uint8Array[] = [
  "97 02 00 00 01 01 4f 70 75 73 fc",
  "95 11 6d 70 34 61 00 00 00 01 21 02 00 00 02 22 23",
  "95 21 6d 70 34 61 00 00 00 01 21 4f 70 75 73 01 00 00 00",
].map(hex);

/** One MultichannelConfig of each order. */
const multichannelSeeds: readonly Uint8Array[] = [
  "00 02",
  "01 06 00 00 00 3f",
  "02 03 01 00 ff",
].map(hex);

/** Reads a MultichannelConfig and writes it. */
function runMultichannel(bytes: Uint8Array): void {
  encodeMultichannelConfig(decodeMultichannelConfig(bytes));
}

/** Data of Metadata packets: that of FFmpeg, one with all its members, and one that withdraws them. */
const colorInfoSeeds: readonly Uint8Array[] = [
  hex("02 0009 636f6c6f72496e666f 03 000b 636f6c6f72436f6e666967 03 000009 000009"),
  hex("02 0009 636f6c6f72496e666f 06"),
  encodeColorInfo({
    colorConfig: { bitDepth: 10, colorPrimaries: 9 },
    hdrCll: { maxFall: 400, maxCLL: 1000 },
    hdrMdcv: { redX: 0.68, maxLuminance: 1000, minLuminance: 0.005 },
  }),
];

/** Reads colour info and writes it. */
function runColorInfo(bytes: Uint8Array): void {
  const info = decodeColorInfo(bytes);
  if (info !== undefined) encodeColorInfo(info);
}

/** Reads every value of a data message as the argument of onMetaData. */
function runOnMetaData(bytes: Uint8Array): void {
  for (const value of decodeAmf0Sequence(bytes)) readOnMetaData(value);
}

/** A file of media messages, one tag for each. */
function fileSeed(messages: readonly Uint8Array[]): Uint8Array {
  const tags = messages.map((data, index) =>
    encodeFlvTag({ type: FlvTagType.Video, timestamp: index * 40, data: data.subarray(0, 100) }),
  );
  return new Uint8Array(
    Buffer.concat([encodeFlvFileHeader({ hasAudio: false, hasVideo: true }), ...tags]),
  );
}

/** Reads a file in pieces; its tags must fit in it. */
function runFile(bytes: Uint8Array, random: () => number): void {
  const reader = new FlvTagReader();
  let length = 0;
  for (const piece of randomSplit(bytes, random, 700)) {
    reader.push(piece, (tag) => (length += tag.data.length));
  }
  if (length > bytes.length) throw new Error(`${length} bytes of tags in ${bytes.length}`);
}
