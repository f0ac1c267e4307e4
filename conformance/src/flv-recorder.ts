/** Players other than ffmpeg that record what they get as FLV. */

import { Child } from "./child.ts";
import { optionalTool } from "./tools.ts";

const maxRunMs = 60_000;

/** The programs. */
type FlvRecorderName = "rtmpdump" | "gst-launch-1.0";

/** A program that plays a URL into a file. */
export interface FlvRecorder {
  /** Its name. */
  readonly name: FlvRecorderName;
  /** Whether it is installed. */
  readonly installed: boolean;
  /** Whether its tests run; they fail when it is not installed. */
  readonly takesPart: boolean;
  /** What to put behind the name of its tests. */
  readonly note: string;
  /** How many frames of each kind it may lose when a stream ends. */
  readonly mayMiss: number;
  /**
   * Starts it.
   *
   * @throws Error when it is not installed
   */
  start(url: string, file: string): Child;
}

/** Describes rtmpdump and GStreamer, installed or not. */
export function findFlvRecorders(): FlvRecorder[] {
  const rtmpdump = recorder("rtmpdump", 0, (url, file) => ["--live", "--rtmp", url, "--flv", file]);
  // It leaves at Stream EOF and drops what it has not passed on by then.
  const gstreamer = recorder("gst-launch-1.0", 3, (url, file) => [
    "rtmp2src",
    `location=${url}`,
    "!",
    "filesink",
    "buffer-mode=2",
    `location=${file}`,
  ]);
  return [rtmpdump, gstreamer];
}

function recorder(
  name: FlvRecorderName,
  mayMiss: number,
  args: (url: string, file: string) => readonly string[],
): FlvRecorder {
  const { path, takesPart, note } = optionalTool(name);
  return {
    name,
    installed: path !== undefined,
    takesPart,
    note,
    mayMiss,
    start(url, file) {
      if (path === undefined) throw new Error(`${name} is not installed`);
      return new Child(path, args(url, file), maxRunMs);
    },
  };
}
