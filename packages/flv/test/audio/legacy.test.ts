import { readAudioFrames, SoundFormat } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { decodeLegacyAudio } from "../../src/audio/legacy.ts";
import { type ExpectedFrame, flvErrorOf, frame } from "../frame.ts";

const cases: readonly (ExpectedFrame & { name: string; bytes: string })[] = [
  {
    name: "an AAC sequence header",
    bytes: "af 00 12 10",
    role: "sequence-start",
    codec: "mp4a",
    view: "12 10",
  },
  {
    name: "a raw AAC frame",
    bytes: "af 01 21 1a",
    role: "coded-frames",
    codec: "mp4a",
    view: "21 1a",
  },
  {
    name: "an AAC frame whose rate, size and type bits are zero",
    bytes: "a0 01 21",
    role: "coded-frames",
    codec: "mp4a",
    view: "21",
  },
  {
    name: "an AAC sequence header without a record",
    bytes: "af 00",
    role: "sequence-start",
    codec: "mp4a",
    view: "",
  },
  {
    name: "MP3, which has no packet type",
    bytes: "2f 00 fb",
    role: "coded-frames",
    codec: ".mp3",
    view: "00 fb",
  },
  { name: "MP3 of 8 kHz", bytes: "e2 ff", role: "coded-frames", codec: ".mp3", view: "ff" },
  { name: "Speex", bytes: "b6 00 36", role: "coded-frames", codec: "speex", view: "00 36" },
  { name: "G.711 A-law", bytes: "72 d5", role: "coded-frames", codec: "g711-a-law", view: "d5" },
  { name: "G.711 mu-law", bytes: "82 ff", role: "coded-frames", codec: "g711-mu-law", view: "ff" },
  { name: "a header without a frame", bytes: "2f", role: "coded-frames", codec: ".mp3", view: "" },
];

describe("FLV E.4.2.1 audio header", () => {
  test.each(cases)("$name", (each) => {
    expect(readAudioFrames(hex(each.bytes))).toEqual([frame(each)]);
  });

  test.each([
    [SoundFormat.LpcmPlatformEndian, "lpcm-platform-endian"],
    [SoundFormat.Adpcm, "adpcm"],
    [SoundFormat.LpcmLittleEndian, "lpcm-little-endian"],
    [SoundFormat.Nellymoser16kMono, "nellymoser"],
    [SoundFormat.Nellymoser8kMono, "nellymoser"],
    [SoundFormat.Nellymoser, "nellymoser"],
    [SoundFormat.DeviceSpecific, "device-specific"],
    [12, ""],
    [13, ""],
  ])("sound format %i is %j", (format, codec) => {
    expect(readAudioFrames(Uint8Array.of((format << 4) | 0x0f, 0x11))).toEqual([
      frame({ role: "coded-frames", codec, view: "11" }),
    ]);
  });

  test("AAC without its packet type is cut short", () => {
    expect(flvErrorOf(() => readAudioFrames(hex("af")))).toMatchObject({
      code: "RTMP_ERR_FLV_TRUNCATED",
      fault: "malformed",
      offset: 1,
    });
  });

  test.each([2, 3, 0xff])("AACPacketType %i is reserved", (packetType) => {
    expect(flvErrorOf(() => readAudioFrames(Uint8Array.of(0xaf, packetType)))).toMatchObject({
      code: "RTMP_ERR_FLV_RESERVED_PACKET_TYPE",
      fault: "unsupported",
      offset: 1,
    });
  });

  test("a body of no bytes has no legacy header", () => {
    expect(flvErrorOf(() => decodeLegacyAudio(new Uint8Array())).offset).toBe(0);
  });
});
