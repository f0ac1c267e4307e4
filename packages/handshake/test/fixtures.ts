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

/** The captured connections in `fixtures/`. */
export const captureNames = [...simpleCaptures, ...digestCaptures] as const;

/** Reads what one side of a captured connection sent first. */
export function readCapture(
  name: (typeof captureNames)[number],
  direction: "c2s" | "s2c",
): Uint8Array {
  return new Uint8Array(
    readFileSync(new URL(`fixtures/${name}.${direction}.bin`, import.meta.url)),
  );
}
