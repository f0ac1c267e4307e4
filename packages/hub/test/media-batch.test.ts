import { MediaBatch, type MediaForm, resolveHubLimits } from "@rtmp/hub";
import { expect, test } from "vitest";
import { audioFrame, keyframe } from "./packets.ts";

test("a form is built once for each key", () => {
  const batch = new MediaBatch([keyframe(0), audioFrame(1)]);
  const built: string[] = [];
  const form = (key: string): MediaForm =>
    batch.form(key, (packets) => {
      built.push(key);
      return { bytes: new Uint8Array(packets.length), offsets: [0, 1] };
    });
  const first = form("a");
  expect(form("b")).not.toBe(first);
  expect(form("a")).toBe(first);
  expect(first.bytes.length).toBe(2);
  expect(built).toEqual(["a", "b"]);
  expect(batch.bytes).toBe(9);
});

test("a negative limit is refused by name, zero is not", () => {
  expect(() => resolveHubLimits({ graceMs: -1 })).toThrow(/graceMs/);
  expect(() => resolveHubLimits({ skipAboveBytes: Number.NaN })).toThrow(RangeError);
  expect(resolveHubLimits({ gopCacheMs: 0 }).gopCacheMs).toBe(0);
});
