import { StreamHub } from "@rtmp/hub";
import { type MediaPacket, readMediaPacket } from "@rtmp/flv";
import { hex, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { RecordingSubscriber } from "./recording-subscriber.ts";

const video = (timestamp: number, body: string): MediaPacket =>
  readMediaPacket("video", timestamp, hex(body));
const audio = (timestamp: number, body: string): MediaPacket =>
  readMediaPacket("audio", timestamp, hex(body));

/** Sends the packets one by one, and returns which of them a late joiner gets. */
function joinBehind(...packets: MediaPacket[]): number[] {
  const hub = new StreamHub({ clock: new VirtualClock(1_000) });
  const publication = hub.publish("live/cam");
  for (const packet of packets) {
    publication.write(packet);
    publication.flush();
  }
  const late = new RecordingSubscriber();
  hub.subscribe("live/cam", late);
  return late.packets.map(({ body }) =>
    packets.findIndex((packet) => Buffer.compare(packet.body, body) === 0),
  );
}

describe("E-RTMP Multitrack", () => {
  test("a late joiner gets the sequence start of HEVC on track 0 and of AVC on track 1", () => {
    const hevcStart = video(0, "90 68 76 63 31 01 01 60");
    const avcStart = video(0, "96 00 61 76 63 31 01 01 64 00 1f");
    const hevcKey = video(0, "91 68 76 63 31 00 00 00 aa");
    const avcKey = video(0, "96 01 61 76 63 31 01 00 00 00 bb");
    const hevcInter = video(40, "a1 68 76 63 31 00 00 00 cc");
    expect(joinBehind(hevcStart, avcStart, hevcKey, avcKey, hevcInter)).toEqual([0, 1, 2, 3, 4]);
  });

  test("a GOP begins with a keyframe of track 0, whatever the other tracks do", () => {
    const hevcStart = video(0, "90 68 76 63 31 01 01 60");
    const avcStart = video(0, "96 00 61 76 63 31 01 01 64 00 1f");
    const hevcKey = video(0, "91 68 76 63 31 00 00 00 aa");
    const avcKey = video(20, "96 01 61 76 63 31 01 00 00 00 bb");
    const nextHevcKey = video(2_000, "91 68 76 63 31 00 00 00 dd");
    const nextAvcKey = video(2_020, "96 01 61 76 63 31 01 00 00 00 ee");
    expect(joinBehind(hevcStart, avcStart, hevcKey, avcKey, nextHevcKey)).toEqual([0, 1, 4]);
    const all = [hevcStart, avcStart, hevcKey, avcKey, nextHevcKey, nextAvcKey];
    expect(joinBehind(...all)).toEqual([0, 1, 4, 5]);
  });

  test("AV1 with Opus on two tracks: every sequence start, video first", () => {
    const opusStart = audio(0, "90 4f 70 75 73 4f 70 75 73 48 65 61 64 01");
    const secondOpus = audio(0, "95 00 4f 70 75 73 01 4f 70 75 73 48 65 61 64 01");
    const av1Start = video(0, "90 61 76 30 31 81 08 0c 00");
    const av1Key = video(0, "91 61 76 30 31 0a 0b");
    const opusFrame = audio(20, "91 4f 70 75 73 fc");
    expect(joinBehind(opusStart, secondOpus, av1Start, av1Key, opusFrame)).toEqual([2, 0, 1, 3, 4]);
  });
});
