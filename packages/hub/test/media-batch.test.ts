import { MediaBatch, type MediaForm } from "@rtmp/hub";
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

test("players that choose many keys do not make a batch keep more than eight forms", () => {
  const batch = new MediaBatch([keyframe(0)]);
  const built: string[] = [];
  const ask = (key: string): void => {
    batch.form(key, () => {
      built.push(key);
      return { bytes: new Uint8Array(1), offsets: [0] };
    });
  };
  for (let id = 1; id <= 8; id++) ask(`${id}`);
  ask("1");
  ask("9");
  expect(built.length).toBe(9);

  ask("1"); // Used not long ago.
  expect(built.length).toBe(9);
  ask("2"); // Given up for "9".
  expect(built.at(-1)).toBe("2");
});
