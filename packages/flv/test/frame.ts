import { FlvError, type MediaFrame } from "@rtmp/flv";
import { hex } from "@rtmp/testing";

/** What a test says about a frame; the rest is as in a bare track 0 frame. */
export interface ExpectedFrame extends Partial<Omit<MediaFrame, "view">> {
  readonly role: MediaFrame["role"];
  /** Hex of the frame's own bytes. */
  readonly view: string;
}

/** The frame that a test expects; what else `expected` holds is left out. */
export function frame(expected: ExpectedFrame): MediaFrame {
  return {
    track: expected.track ?? 0,
    role: expected.role,
    keyframe: expected.keyframe ?? false,
    codec: expected.codec ?? "",
    compositionTimeOffset: expected.compositionTimeOffset ?? 0,
    nanosecondOffset: expected.nanosecondOffset ?? 0,
    view: hex(expected.view),
  };
}

/** The FlvError that `read` throws; fails when there is none. */
export function flvErrorOf(read: () => unknown): FlvError {
  try {
    read();
  } catch (error) {
    if (error instanceof FlvError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
