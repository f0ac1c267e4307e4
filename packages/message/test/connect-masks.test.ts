import {
  AudioCodecsMask,
  CapsExMask,
  FourCcInfoMask,
  playerConnectOptions,
  VideoCodecsMask,
  VideoFunctionMask,
} from "@rtmp/message";
import { describe, expect, test } from "vitest";

function sum(bits: Readonly<Record<string, number>>): number {
  return Object.values(bits).reduce((a, b) => a | b, 0);
}

describe("RTMP §7.2.1.1 the bits of connect", () => {
  test("audioCodecs has the values of the table", () => {
    expect(AudioCodecsMask).toEqual({
      LpcmPlatformEndian: 1,
      Adpcm: 2,
      Mp3: 4,
      Nellymoser8kMono: 32,
      Nellymoser: 64,
      G711ALaw: 128,
      G711MuLaw: 256,
      Nellymoser16kMono: 512,
      Aac: 1024,
      Speex: 2048,
      All: 4095,
    });
  });

  test("videoCodecs has the values of the table", () => {
    expect(VideoCodecsMask).toEqual({
      SorensonH263: 4,
      Screen: 8,
      Vp6: 16,
      Vp6Alpha: 32,
      Screen2: 64,
      Avc: 128,
      All: 255,
    });
  });

  test("players announce everything that is in use", () => {
    const { All: allAudio, ...audio } = AudioCodecsMask;
    const { All: allVideo, ...video } = VideoCodecsMask;
    expect(playerConnectOptions.audioCodecs).toBe(sum(audio));
    expect(playerConnectOptions.videoCodecs).toBe(sum(video));
    expect([allAudio, allVideo]).toEqual([sum(audio) | 0x18, sum(video) | 0x03]);
    expect(playerConnectOptions.videoFunction).toBe(VideoFunctionMask.ClientSeek);
  });
});

describe('E-RTMP "Enhancing NetConnection connect Command": the bits', () => {
  test("videoFunction", () => {
    expect(VideoFunctionMask).toEqual({
      ClientSeek: 1,
      ClientHdr: 2,
      ClientVideoPacketTypeMetadata: 4,
      ClientLargeScaleTile: 8,
    });
  });

  test("capsEx", () => {
    expect(CapsExMask).toEqual({ Reconnect: 1, Multitrack: 2, ModEx: 4, TimestampNanoOffset: 8 });
  });

  test("the FourCC info maps", () => {
    expect(FourCcInfoMask).toEqual({ CanDecode: 1, CanEncode: 2, CanForward: 4 });
  });
});
