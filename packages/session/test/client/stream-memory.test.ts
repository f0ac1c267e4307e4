import type { FrameHint, PublishedMedia } from "@rtmp/session";
import { describe, expect, test } from "vitest";
import { StreamMemory } from "../../src/client/stream-memory.ts";

const frame = (role: string, hint: Partial<FrameHint> = {}): FrameHint => ({
  track: 0,
  role,
  keyframe: false,
  codec: "avc1",
  ...hint,
});
const media = (kind: PublishedMedia["kind"], ...frames: FrameHint[]): PublishedMedia => ({
  kind,
  timestamp: 0,
  body: new Uint8Array(1),
  frames,
});
const keyframe = media("video", frame("coded-frames", { keyframe: true }));
const sound = media("audio", frame("coded-frames", { codec: "mp4a" }));

describe("what a decoder must know", () => {
  test("is each track's newest configuration and metadata, in the order in which they came", () => {
    const memory = new StreamMemory();
    const first = media("video", frame("sequence-start"));
    const audio = media("audio", frame("sequence-start", { codec: "mp4a" }));
    const second = media("video", frame("sequence-start"));
    const other = media("video", frame("sequence-start", { track: 1 }));
    const metadata = media("data", frame("metadata", { codec: "" }));
    const colour = media("video", frame("metadata"));
    for (const sent of [metadata, first, audio, keyframe, sound, other, second, colour]) {
      memory.remember(sent);
    }
    expect(memory.configurations).toEqual([metadata, audio, other, second, colour]);
    expect(memory.configurations[3]).toBe(second);
  });

  test("is kept for two codecs of one track", () => {
    const memory = new StreamMemory();
    memory.remember(media("video", frame("sequence-start")));
    memory.remember(media("video", frame("sequence-start", { codec: "hvc1" })));
    expect(memory.configurations).toHaveLength(2);
  });

  test("is nothing of media without frames", () => {
    const memory = new StreamMemory();
    memory.remember({ kind: "video", timestamp: 0, body: new Uint8Array(1) });
    expect(memory.configurations).toEqual([]);
  });
});

describe("a decoder can start", () => {
  test("with a keyframe of the first track", () => {
    const memory = new StreamMemory();
    expect(memory.isBoundary(keyframe)).toBe(true);
    for (const other of [
      media("video", frame("coded-frames")),
      media("video", frame("sequence-start")),
      media("video", frame("coded-frames", { keyframe: true, track: 1 })),
      media("data", frame("metadata")),
    ]) {
      expect(memory.isBoundary(other)).toBe(false);
    }
  });

  test("with any audio, unless there is video", () => {
    const memory = new StreamMemory();
    memory.remember(media("video", frame("sequence-start")));
    expect(memory.isBoundary(sound)).toBe(true);
    expect(memory.isBoundary(media("audio", frame("sequence-start")))).toBe(false);
    memory.remember(keyframe);
    expect(memory.isBoundary(sound)).toBe(false);
  });

  test("with anything that says nothing of itself", () => {
    const { frames: _frames, ...unknown } = keyframe;
    expect(new StreamMemory().isBoundary(unknown)).toBe(true);
  });
});
