/** What ffmpeg writes with `-f framemd5`: one line a packet, after lines about the streams. */

import type { Frame, Frames } from "./frames.ts";

const mediaType = /^#media_type (\d+): (\w+)/;
const timeBase = /^#tb (\d+): (.*)$/;

/**
 * Reads the output of `ffmpeg -f framemd5`.
 *
 * @throws Error when times are not in milliseconds, a stream is neither audio nor video, or a line is cut
 */
export function parseFrameMd5(text: string): Frames {
  const frames: { video: Frame[]; audio: Frame[] } = { video: [], audio: [] };
  const streams = new Map<string, Frame[]>();
  for (const line of text.split("\n")) {
    const [, mediaStream = "", kind] = mediaType.exec(line) ?? [];
    if (kind === "video" || kind === "audio") streams.set(mediaStream, frames[kind]);
    const [, , base = "1/1000"] = timeBase.exec(line) ?? [];
    if (base !== "1/1000") throw new Error(`not in milliseconds: ${line}`);
    if (line === "" || line.startsWith("#")) continue;

    const [stream = "", dts, pts, , size, hash] = line.split(",").map((field) => field.trim());
    const target = streams.get(stream);
    if (target === undefined || hash === undefined) throw new Error(`not understood: ${line}`);
    target.push({ dts: Number(dts), pts: Number(pts), size: Number(size), hash });
  }
  return frames;
}
