import { readFileSync } from "node:fs";

/** Captured connections in the simple form. */
export const simpleCaptures = [
  "obs-publish-h264-aac",
  "gstreamer-publish-h264-aac",
  "rtmpdump-play-h264-aac-nginx",
] as const;

/** Captured connections in the digest form, all with the digest half first. */
export const digestCaptures = [
  "ffmpeg5-publish-h264-aac",
  "ffmpeg5-publish-h264-only-nginx",
  "ffmpeg5-play-h264-aac-nginx",
  "nginx-push-h264-aac",
] as const;

/** The captured connections that are looked at. */
export const captureNames = [...simpleCaptures, ...digestCaptures] as const;

// The handshake and a little of what comes behind it.
const firstBytes = 3073 + 200;

/** Reads what one side of a captured connection sent first. */
export function readCapture(
  name: (typeof captureNames)[number],
  direction: "c2s" | "s2c",
): Uint8Array {
  const folder = new URL("../../testing/fixtures/captures/", import.meta.url);
  const bytes = readFileSync(new URL(`${name}.${direction}.bin`, folder));
  return new Uint8Array(bytes.subarray(0, firstBytes));
}
