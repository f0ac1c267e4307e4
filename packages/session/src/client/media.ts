/**
 * Audio, video and data as the promise face of the client takes and gives them.
 *
 * RTMP §7.1.2, §7.1.4, §7.1.5
 */

import { MessageTypeId } from "@rtmp/chunk";
import { splitSetDataFrame } from "@rtmp/message";

/** One audio, video or data message. */
export interface ClientMedia {
  /** What the message carries: types 8, 9 and 18. */
  readonly kind: "audio" | "video" | "data";
  /** Milliseconds, u32, wraps at 2^32. */
  readonly timestamp: number;
  /** The message payload: an FLV tag body. Data is AMF0. */
  readonly body: Uint8Array;
}

/** What a frame of a message is for; a `MediaFrame` of `@rtmp/flv` says that much. */
export interface FrameHint {
  /** Track id; 0 is the default track. */
  readonly track: number;
  /** `sequence-start`, `metadata`, `coded-frames`, or another that says nothing here. */
  readonly role: string;
  /** Whether a decoder can start here. */
  readonly keyframe: boolean;
  /** Tells configurations of one track apart; may be empty. */
  readonly codec: string;
}

/**
 * A message to publish.
 *
 * A `MediaPacket` of `@rtmp/flv` is one. Its frames are looked at only when a publisher moves to another connection: to
 * do so at a keyframe and to repeat the codec configurations there.
 */
export interface PublishedMedia extends ClientMedia {
  /** What the message carries for which track. @default nothing is known */
  readonly frames?: readonly FrameHint[];
}

const typeIds = {
  audio: MessageTypeId.Audio,
  video: MessageTypeId.Video,
  data: MessageTypeId.DataAmf0,
} as const;

/** Returns the message type that carries a kind of media. */
export function typeIdOf(kind: ClientMedia["kind"]): number {
  return typeIds[kind];
}

/** Turns a received message into media; an AMF3 data message loses its format byte and is AMF0 from here on. */
export function receivedMedia(typeId: number, timestamp: number, payload: Uint8Array): ClientMedia {
  if (typeId === MessageTypeId.Audio) return { kind: "audio", timestamp, body: payload };
  if (typeId === MessageTypeId.Video) return { kind: "video", timestamp, body: payload };
  const amf3 = typeId === MessageTypeId.DataAmf3;
  return { kind: "data", timestamp, body: splitSetDataFrame(payload, { amf3 }).body };
}
