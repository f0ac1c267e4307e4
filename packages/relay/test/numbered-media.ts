import { MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { hex } from "@rtmp/testing";

/** A frame or a header that says whose it is, and the how many-th. */
export interface NumberedMedia {
  readonly kind: "video" | "audio";
  /** Which publication sent it, from 1 to 65535. */
  readonly publication: number;
  /** Which frame of its kind in its publication, from 1 on; 0 for a header. */
  readonly number: number;
  readonly isKeyframe: boolean;
}

const kinds = {
  video: { typeId: MessageTypeId.Video, chunkStreamId: 6 },
  audio: { typeId: MessageTypeId.Audio, chunkStreamId: 4 },
} as const;
// AVC: header, keyframe, inter frame; AAC: header and frame.
const starts = {
  videoHeader: hex("17 00 000000"),
  keyframe: hex("17 01 000000"),
  interFrame: hex("27 01 000000"),
  audioHeader: hex("af 00 12 10"),
  audioFrame: hex("af 01 00 00"),
};
// Publication and number: two and four bytes.
const numberBytes = 6;

/** Builds the message. */
export function numberedMessage(media: NumberedMedia, timestamp: number): OutgoingMessage {
  const start = startOf(media);
  const payload = new Uint8Array(start.length + numberBytes);
  payload.set(start);
  const view = new DataView(payload.buffer, start.length);
  view.setUint16(0, media.publication);
  view.setUint32(2, media.number);
  return { ...kinds[media.kind], timestamp, messageStreamId: 1, payload };
}

function startOf({ kind, number, isKeyframe }: NumberedMedia): Uint8Array {
  if (kind === "audio") return number === 0 ? starts.audioHeader : starts.audioFrame;
  if (number === 0) return starts.videoHeader;
  return isKeyframe ? starts.keyframe : starts.interFrame;
}

/** Reads a message of audio or video back. */
export function readNumbered(typeId: number, payload: Uint8Array): NumberedMedia {
  const view = new DataView(payload.buffer, payload.byteOffset + payload.length - numberBytes);
  return {
    kind: typeId === MessageTypeId.Video ? "video" : "audio",
    publication: view.getUint16(0),
    number: view.getUint32(2),
    isKeyframe: payload[0] === 0x17 && payload[1] === 1,
  };
}
