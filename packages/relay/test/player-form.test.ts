import { dataPacket, type MediaPacket, readMediaPacket } from "@rtmp/flv";
import { MediaBatch } from "@rtmp/hub";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { PlayerForm, type PlayerWishes } from "../src/player-form.ts";

const batch = new MediaBatch([
  dataPacket(0, hex("02 00 01 61")),
  readMediaPacket("video", 0, hex("17 00 00 00 00 11")),
  readMediaPacket("audio", 1, hex("af 01 44")),
  // HEVC on track 1 alone (Multitrack, OneTrack, CodedFrames).
  readMediaPacket("video", 2, hex("96 01 68 76 63 31 01 00 00 00 aa")),
  readMediaPacket("video", 3, hex("27 01 00 00 00 33")),
]);

const data = "07 00 00 00 00 00 04 12 01 00 00 00 02 00 01 61";
const header = "06 00 00 00 00 00 06 09 01 00 00 00 17 00 00 00 00 11";
const audio = "04 00 00 01 00 00 03 08 01 00 00 00 af 01 44";
const trackOne = "06 00 00 02 00 00 0b 09 01 00 00 00 96 01 68 76 63 31 01 00 00 00 aa";
const frame = "06 00 00 03 00 00 06 09 01 00 00 00 27 01 00 00 00 33";

/** AVC inter frame of so many bytes. */
function interFrame(length: number): MediaPacket {
  const body = new Uint8Array(length).fill(length);
  body.set(hex("27 01 00 00 00"));
  return readMediaPacket("video", 0, body);
}

/** The form of a player on message stream 1 that wants everything but what is said. */
const form = (wishes: Partial<PlayerWishes> = {}): PlayerForm =>
  PlayerForm.of(
    { chunkSize: 128, messageStreamId: 1 },
    { audio: true, video: "all", tracks: "all", ...wishes },
  );

const bytes = (wishes: Partial<PlayerWishes>, from = 0, end = 5): string =>
  toHex(form(wishes).bytesOf(batch, from, end));

describe("what a player does not want", () => {
  test.each<[string, Partial<PlayerWishes>, string[]]>([
    ["nothing", {}, [data, header, audio, trackOne, frame]],
    ["audio", { audio: false }, [data, header, trackOne, frame]],
    ["video", { video: "none" }, [data, audio]],
    ["frames of video", { video: "configuration" }, [data, header, audio]],
    ["audio and video", { audio: false, video: "none" }, [data]],
    ["tracks other than the first", { tracks: "default" }, [data, header, audio, frame]],
  ])("is left out: %s", (_, wishes, parts) => {
    expect(bytes(wishes)).toBe(parts.join(" "));
  });
});

describe("a part of a batch", () => {
  test("is cut at messages", () => {
    expect(bytes({}, 1, 3)).toBe(`${header} ${audio}`);
    expect(bytes({}, 4, 5)).toBe(frame);
    expect(bytes({}, 2, 2)).toBe("");
  });

  test("keeps no more than twice its bytes in memory, or 64 KiB more", () => {
    const large = new MediaBatch([interFrame(30_000), interFrame(40_000), interFrame(90_000)]);
    const part = (from: number, end: number): Uint8Array => form().bytesOf(large, from, end);
    const whole = part(0, 3);
    expect(part(1, 3).buffer).toBe(whole.buffer);
    expect(part(0, 2).buffer).not.toBe(whole.buffer);
    expect(part(0, 2)).toEqual(whole.subarray(0, part(0, 2).length));
    expect(part(0, 2).buffer.byteLength).toBe(part(0, 2).length);

    const small = new MediaBatch([interFrame(1_000), interFrame(64_000)]);
    expect(form().bytesOf(small, 0, 1).buffer).toBe(form().bytesOf(small, 0, 2).buffer);
  });

  test("begins and ends with the next message that is wanted", () => {
    expect(bytes({ video: "none" }, 1, 5)).toBe(audio);
    expect(bytes({ video: "none" }, 0, 1)).toBe(data);
    expect(bytes({ video: "none" }, 3, 5)).toBe("");
    expect(bytes({ audio: false }, 2, 4)).toBe(trackOne);
  });
});

test("players that want the same share the bytes, others do not", () => {
  const [one, two] = [form().bytesOf(batch, 0, 5), form().bytesOf(batch, 1, 5)];
  expect(two.buffer).toBe(one.buffer);
  expect(form({ audio: false }).bytesOf(batch, 0, 5).buffer).not.toBe(one.buffer);
});
