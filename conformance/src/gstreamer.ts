/** The command line of GStreamer that publishes. */

import { Child } from "./child.ts";
import { optionalTool } from "./tools.ts";

const maxRunMs = 60_000;

/** Whether and how GStreamer takes part. */
export const gstreamer = optionalTool("gst-launch-1.0");

/**
 * Publishes an FLV file with H.264 and AAC by an element of GStreamer, at the speed of its timestamps.
 *
 * @param sink  the element and its properties: `rtmp2sink`, or `rtmpsink`, which is librtmp
 * @throws Error when GStreamer is not installed
 */
export function publishByGstreamer(file: string, ...sink: readonly string[]): Child {
  const { path } = gstreamer;
  if (path === undefined) throw new Error("gst-launch-1.0 is not installed");

  const source = ["filesrc", `location=${file}`, "!", "flvdemux", "name=d"];
  const mux = ["flvmux", "streamable=true", "name=m", "!"];
  const video = ["d.video", "!", "queue", "!", "m.video"];
  const audio = ["d.audio", "!", "queue", "!", "m.audio"];
  return new Child(path, ["-e", ...source, ...mux, ...sink, ...video, ...audio], maxRunMs);
}
