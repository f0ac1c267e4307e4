/** Coded frames as every kind of client sees them, so that what arrived can be compared with what was sent. */

import { createHash } from "node:crypto";

import { MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";

/** One coded frame. */
export interface Frame {
  /** Decoding time, milliseconds. */
  readonly dts: number;
  /** Presentation time, milliseconds. */
  readonly pts: number;
  /** Bytes, without the header that FLV puts before them. */
  readonly size: number;
  /** MD5 of the bytes, hex. */
  readonly hash: string;
}

/** The frames of one recording, in order. */
export interface Frames {
  readonly video: readonly Frame[];
  readonly audio: readonly Frame[];
}

/** The two kinds of frames. */
export const frameKinds = ["video", "audio"] as const;

const avcHeaderBytes = 5;
const aacHeaderBytes = 2;

/** Reads the AVC and AAC frames out of RTMP messages; sequence headers and all else are left out. */
export function framesOf(messages: readonly OutgoingMessage[]): Frames {
  const video: Frame[] = [];
  const audio: Frame[] = [];
  for (const { typeId, timestamp: dts, payload } of messages) {
    if (typeId === MessageTypeId.Video && isAvcFrame(payload)) {
      const data = payload.subarray(avcHeaderBytes);
      video.push({ dts, pts: dts + compositionTimeOffset(payload), ...digest(data) });
    } else if (typeId === MessageTypeId.Audio && isAacFrame(payload)) {
      audio.push({ dts, pts: dts, ...digest(payload.subarray(aacHeaderBytes)) });
    }
  }
  return { video, audio };
}

/** Whether a video message holds an AVC keyframe, not merely a sequence header. */
export function isKeyframe({ typeId, payload }: OutgoingMessage): boolean {
  return typeId === MessageTypeId.Video && payload[0] === 0x17 && payload[1] === 1;
}

/** Whether a message is an AVC or AAC sequence header. */
export function isSequenceHeader({ typeId, payload }: OutgoingMessage): boolean {
  if (typeId === MessageTypeId.Video) return payload[0] === 0x17 && payload[1] === 0;
  return typeId === MessageTypeId.Audio && payload[0] === 0xaf && payload[1] === 0;
}

/**
 * Finds where a run of frames stands in a whole, bit for bit and without a gap.
 *
 * @returns the index of its first frame
 * @throws Error that says where they part, when it does not
 */
export function placeOf(part: readonly Frame[], whole: readonly Frame[]): number {
  const [first] = part;
  if (first === undefined) throw new Error("there are no frames");

  let best = 0;
  for (let start = 0; start + part.length <= whole.length; start++) {
    const same = part.findIndex((frame, index) => !isSame(frame, whole[start + index]));
    if (same === -1) return start;
    best = Math.max(best, same);
  }
  const known = whole.some((frame) => isSame(frame, first));
  throw new Error(
    `${part.length} frames are no part of the ${whole.length}: ` +
      (known ? `they part after ${best}` : "not even the first occurs there"),
  );
}

/** Whether two frames are the same bytes. */
export function isSame(left: Frame | undefined, right: Frame | undefined): boolean {
  return left?.hash === right?.hash && left?.size === right?.size;
}

/** Returns frames with all times counted from a moment, for comparing recordings that begin at another time. */
export function since(moment: number, frames: readonly Frame[]): Frame[] {
  return frames.map(({ dts, pts, ...bytes }) => ({
    dts: dts - moment,
    pts: pts - moment,
    ...bytes,
  }));
}

/** Returns the frames whose decoding time goes back, with the one before each. */
export function regressions(frames: readonly Frame[]): [before: Frame, frame: Frame][] {
  return frames.flatMap((frame, index): [Frame, Frame][] => {
    const before = frames[index - 1];
    return before !== undefined && before.dts > frame.dts ? [[before, frame]] : [];
  });
}

function isAvcFrame(payload: Uint8Array): boolean {
  return (payload[0]! & 0x0f) === 7 && payload[1] === 1;
}

function isAacFrame(payload: Uint8Array): boolean {
  return payload[0]! >> 4 === 10 && payload[1] === 1;
}

/** SI24 behind the AVC packet type (FLV E.4.3.1). */
function compositionTimeOffset(payload: Uint8Array): number {
  return ((payload[2]! << 24) | (payload[3]! << 16) | (payload[4]! << 8)) >> 8;
}

function digest(data: Uint8Array): Pick<Frame, "size" | "hash"> {
  return { size: data.length, hash: createHash("md5").update(data).digest("hex") };
}
