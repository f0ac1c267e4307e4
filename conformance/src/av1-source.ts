/** AV1 by libaom and AAC, made by ffmpeg and put into FLV by us: no ffmpeg before 6.1 can. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type FlvTag, FlvTagType } from "@rtmp/flv";

import { findFfmpeg } from "./tools.ts";

const framesPerSecond = 30;
const sampleRate = 48_000;
const samplesPerFrame = 1_024;

/**
 * Makes seconds of AV1, 320×240 at 30 frames a second with a keyframe each second, and AAC.
 *
 * @throws Error when ffmpeg fails, as one without libaom does
 */
export function makeAv1(folder: string, seconds: number): FlvTag[] {
  const [ivf, adts, mp4] = ["video.ivf", "audio.aac", "video.mp4"].map((name) =>
    join(folder, name),
  );
  if (ivf === undefined || adts === undefined || mp4 === undefined) throw new TypeError("no names");
  const source = `testsrc2=s=320x240:r=${framesPerSecond}:d=${seconds}`;
  const aom = ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-g", "30"];
  const video = ["-f", "lavfi", "-i", source, ...aom, "-pix_fmt", "yuv420p"];
  const sine = `sine=f=440:r=${sampleRate}:d=${seconds}`;
  ffmpeg([...video, ivf]);
  ffmpeg(["-i", ivf, "-c", "copy", mp4]);
  ffmpeg(["-f", "lavfi", "-i", sine, "-c:a", "aac", "-ac", "2", adts]);
  return [
    ...videoTags(readFileSync(ivf), av1Configuration(readFileSync(mp4))),
    ...audioTags(readFileSync(adts)),
  ].toSorted((a, b) => a.timestamp - b.timestamp);
}

function ffmpeg(args: readonly string[]): void {
  const options = ["-hide_banner", "-v", "error", "-y", ...args];
  const { status, stderr } = spawnSync(findFfmpeg(), options, {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
}

/** The content of the av1C box. */
function av1Configuration(mp4: Buffer): Uint8Array {
  const at = mp4.indexOf("av1C");
  if (at === -1) throw new Error("no av1C box");
  return mp4.subarray(at + 4, at - 4 + mp4.readUInt32BE(at - 4));
}

/** IVF: a header of 32 bytes; each frame has its size and its number in front. */
function videoTags(ivf: Buffer, configuration: Uint8Array): FlvTag[] {
  const tags = [videoTag(0, "SequenceStart", true, configuration)];
  for (let at = 32, frame = 0; at < ivf.length; frame++) {
    const size = ivf.readUInt32LE(at);
    const unit = ivf.subarray(at + 12, at + 12 + size);
    const milliseconds = Math.round((frame * 1_000) / framesPerSecond);
    // The temporal delimiter is left out; a sequence header stands before each keyframe.
    const isDelimited = unit[0] === 0x12 && unit[1] === 0;
    const body = isDelimited ? unit.subarray(2) : unit;
    tags.push(videoTag(milliseconds, "CodedFrames", body[0] === 0x0a, body));
    at += 12 + size;
  }
  return tags;
}

function videoTag(
  timestamp: number,
  packetType: "SequenceStart" | "CodedFrames",
  isKeyframe: boolean,
  body: Uint8Array,
): FlvTag {
  const frameType = isKeyframe ? 1 : 2;
  const head = Uint8Array.of(0x80 | (frameType << 4) | (packetType === "CodedFrames" ? 1 : 0));
  const fourCc = new TextEncoder().encode("av01");
  return { type: FlvTagType.Video, timestamp, data: Buffer.concat([head, fourCc, body]) };
}

/** ADTS: 7 bytes in front of each frame. */
function audioTags(adts: Buffer): FlvTag[] {
  const tags: FlvTag[] = [];
  for (let at = 0, frame = 0; at < adts.length; frame++) {
    const fields = adts.readUIntBE(at + 2, 5);
    const size = Math.floor(fields / 2 ** 13) & 0x1fff;
    if (frame === 0) tags.push(audioTag(0, 0, audioSpecificConfig(adts.readUInt16BE(at + 2))));
    const milliseconds = Math.round((frame * samplesPerFrame * 1_000) / sampleRate);
    tags.push(audioTag(milliseconds, 1, adts.subarray(at + 7, at + size)));
    at += size;
  }
  return tags;
}

/** From the profile, frequency index and channel configuration of an ADTS header. */
function audioSpecificConfig(header: number): Uint8Array {
  const objectType = (header >> 14) + 1;
  const frequency = (header >> 10) & 0x0f;
  const channels = (header >> 6) & 0x07;
  const config = (objectType << 11) | (frequency << 7) | (channels << 3);
  return Uint8Array.of(config >> 8, config & 0xff);
}

function audioTag(timestamp: number, packetType: 0 | 1, body: Uint8Array): FlvTag {
  return {
    type: FlvTagType.Audio,
    timestamp,
    data: Buffer.concat([Uint8Array.of(0xaf, packetType), body]),
  };
}
