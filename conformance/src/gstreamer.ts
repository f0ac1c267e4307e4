/** The command line of GStreamer that publishes. */

import { Child } from "./child.ts";
import { optionalTool } from "./tools.ts";

const maxRunMs = 60_000;

/** Whether and how GStreamer takes part. */
export const gstreamer = optionalTool("gst-launch-1.0");

/**
 * Publishes an FLV file with H.264 and AAC by `rtmp2sink`, at the speed of its timestamps.
 *
 * @param chunkSize  bytes; it announces them
 * @throws Error when GStreamer is not installed
 */
export function publishByGstreamer(file: string, url: string, chunkSize: number): Child {
  const { path } = gstreamer;
  if (path === undefined) throw new Error("gst-launch-1.0 is not installed");

  const source = ["filesrc", `location=${file}`, "!", "flvdemux", "name=d"];
  const mux = ["flvmux", "streamable=true", "name=m", "!"];
  const sink = ["rtmp2sink", `location=${url}`, `chunk-size=${chunkSize}`];
  const video = ["d.video", "!", "queue", "!", "m.video"];
  const audio = ["d.audio", "!", "queue", "!", "m.audio"];
  return new Child(path, ["-e", ...source, ...mux, ...sink, ...video, ...audio], maxRunMs);
}
