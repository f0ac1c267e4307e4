import { videoMarks } from "@rtmp/node-kit/testing";
import { expect, test } from "vitest";

async function* player() {
  yield { kind: "audio", body: Uint8Array.of(0x11) };
  yield { kind: "video", body: Uint8Array.of(0x11, 0x22) };
  yield { kind: "video", body: Uint8Array.of() };
  yield { kind: "video", body: Uint8Array.of(0x33) };
  await Promise.reject(new Error("the connection was lost"));
}

test("the marks of a player are those of its video, as far as it came", async () => {
  const marks = videoMarks(player());
  expect(marks).toEqual([]);
  await expect.poll(() => marks).toEqual([0x22, undefined, 0x33]);
});
