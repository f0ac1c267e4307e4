/** The command lines of ffmpeg that the tests use. */

import { join } from "node:path";

import { Child } from "./child.ts";
import { parseFrameMd5 } from "./frame-md5.ts";
import type { Frames } from "./frames.ts";
import { findFfmpeg } from "./tools.ts";

const path = findFfmpeg();
const quiet = ["-hide_banner", "-nostdin", "-loglevel", "warning"];
const maxRunMs = 60_000;

/** What a test video shows. */
export interface TestVideo {
  readonly seconds: number;
  /**
   * Its picture and the pitch of its tone.
   *
   * @default "first"
   */
  readonly look?: "first" | "second";
}

/** Which streams of a file to take. */
export type StreamChoice = "both" | "audio" | "video";

const looks = {
  first: { picture: "testsrc2", hertz: 440 },
  second: { picture: "testsrc", hertz: 880 },
} as const;

const encoding = [
  ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-b:v", "300k"],
  ["-g", "30", "-keyint_min", "30", "-sc_threshold", "0", "-bf", "2"],
  ["-c:a", "aac", "-b:a", "64k"],
].flat();

const choices: Readonly<Record<StreamChoice, readonly string[]>> = {
  both: [],
  audio: ["-vn"],
  video: ["-an"],
};

function ffmpeg(...args: string[]): Child {
  return new Child(path, [...quiet, ...args], maxRunMs);
}

/**
 * Encodes a test video: H.264 320x180 with 30 frames/s, a keyframe each second and B-frames, and AAC.
 *
 * @returns the path of the FLV file
 */
export async function encodeTestVideo(
  folder: string,
  { seconds, look = "first" }: TestVideo,
): Promise<string> {
  const { picture, hertz } = looks[look];
  const file = join(folder, `${look}-${seconds}s.flv`);
  const video = ["-f", "lavfi", "-i", `${picture}=s=320x180:r=30:d=${seconds}`];
  const audio = ["-f", "lavfi", "-i", `sine=f=${hertz}:r=44100:d=${seconds}`];
  await succeed(ffmpeg(...video, ...audio, ...encoding, file));
  return file;
}

/** Publishes a file as it is, at the speed of its timestamps. */
export function publishFile(file: string, url: string, choice: StreamChoice = "both"): Child {
  const source = ["-re", "-i", file, ...choices[choice]];
  // In a tunnel it gathers ten packets for each request, and drops those that wait when it closes. One for each is slow:
  // it writes a request in two pieces, so the second waits 40 ms until the kernel acknowledges the first.
  const eachPacket = url.startsWith("rtmpt") ? ["-rtmp_flush_interval", "1"] : [];
  return ffmpeg(...source, "-c", "copy", "-f", "flv", ...eachPacket, url);
}

/** Plays a URL, or reads a file, and lists every packet on stdout. */
export function listFrames(source: string, choice: StreamChoice = "both"): Child {
  // At this level ffmpeg also says which streams it found.
  const info = ["-loglevel", "info", "-nostats"];
  return ffmpeg(...info, "-i", source, ...choices[choice], "-c", "copy", "-f", "framemd5", "-");
}

/** Plays the video of a URL and decodes so many frames of it: a line with the MD5 of each picture on stdout. */
export function decodeFrames(url: string, count: number): Child {
  const info = ["-loglevel", "info", "-nostats"];
  const video = ["-i", url, "-map", "0:v", "-frames:v", String(count), "-vsync", "passthrough"];
  return ffmpeg(...info, ...video, "-f", "framemd5", "-");
}

/**
 * Waits for {@link listFrames} to end by itself.
 *
 * @throws Error when it does not exit with 0
 */
export async function listedFrames(child: Child): Promise<Frames> {
  await succeed(child);
  return parseFrameMd5(child.stdout);
}

async function succeed(child: Child): Promise<void> {
  const { code, signal } = await child.exited;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code ?? signal}: ${child.stderr}`);
}
