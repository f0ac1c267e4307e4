/**
 * Batches as the shared chunks of players that want the same of them.
 *
 * RTMP §5.3.1, §7.2.2.4, §7.2.2.5; E-RTMP "Multitrack"
 */

import { encodeSharedChunks, MessageTypeId, type SharedChunksOptions } from "@rtmp/chunk";
import type { MediaKind, MediaPacket } from "@rtmp/flv";
import type { MediaBatch, MediaForm } from "@rtmp/hub";

/** What a player wants of a stream; data always belongs to it. */
export interface PlayerWishes {
  readonly audio: boolean;
  /** `configuration`: what a decoder needs before a keyframe, but no frames. */
  readonly video: "all" | "configuration" | "none";
  /** `default`: no messages that hold nothing of track 0. */
  readonly tracks: "all" | "default";
}

const typeIds: Readonly<Record<MediaKind, number>> = {
  audio: MessageTypeId.Audio,
  video: MessageTypeId.Video,
  data: MessageTypeId.DataAmf0,
};

// What is queued is what counts against a slow player, so a part of it must not keep a whole GOP in memory. Less than this is
// not worth a copy for each player.
const mostUnusedBytes = 64 * 1024;

// Players choose their message stream id; the forms that were asked for first are forgotten beyond these.
const maxKnownForms = 64;
const knownForms = new Map<string, PlayerForm>();

/** One form of every batch; all players that want the same share one. */
export class PlayerForm {
  readonly #key: string;
  readonly #build: (packets: readonly MediaPacket[]) => MediaForm;

  private constructor(key: string, options: SharedChunksOptions, wishes: PlayerWishes) {
    const { audio, video, tracks } = wishes;
    this.#key = key;
    const isWhole = audio && video === "all" && tracks === "all";
    this.#build = isWhole
      ? (packets) => encodeSharedChunks(packets.map(toSharedMessage), options)
      : (packets) => encodeSome(packets, (packet) => isWanted(packet, wishes), options);
  }

  /** Returns the form for players with these wishes. */
  static of(options: SharedChunksOptions, wishes: PlayerWishes): PlayerForm {
    const { chunkSize, messageStreamId } = options;
    const { audio, video, tracks } = wishes;
    const key = `rtmp/${chunkSize}/${messageStreamId}/${audio}/${video}/${tracks}`;
    const known = knownForms.get(key);
    if (known !== undefined) return known;

    const form = new PlayerForm(key, { chunkSize, messageStreamId }, { audio, video, tracks });
    knownForms.set(key, form);
    const [oldest] = knownForms.keys();
    if (oldest !== undefined && knownForms.size > maxKnownForms) knownForms.delete(oldest);
    return form;
  }

  /**
   * Returns a batch's bytes from packet `from` to before packet `end`; of no length when they hold nothing wanted.
   *
   * The bytes are shared and never change.
   */
  bytesOf(batch: MediaBatch, from: number, end: number): Uint8Array {
    const { bytes, offsets } = batch.form(this.#key, this.#build);
    if (from === 0 && end === batch.packets.length) return bytes;
    const part = bytes.subarray(offsets[from] ?? bytes.length, offsets[end] ?? bytes.length);
    const unused = bytes.length - part.length;
    return unused > Math.max(part.length, mostUnusedBytes) ? part.slice() : part;
  }
}

function isWanted({ kind, frames }: MediaPacket, { audio, video, tracks }: PlayerWishes): boolean {
  if (kind === "data") return true;
  if (tracks === "default" && frames.every(({ track }) => track !== 0)) return false;
  if (kind === "audio") return audio;
  if (video !== "configuration") return video === "all";
  return frames.every(({ role }) => role === "sequence-start" || role === "metadata");
}

function toSharedMessage({ kind, timestamp, body }: MediaPacket): {
  typeId: number;
  timestamp: number;
  payload: Uint8Array;
} {
  return { typeId: typeIds[kind], timestamp, payload: body };
}

/** Leaves packets out; every one has its place in `offsets` all the same: that of the next one that is in. */
function encodeSome(
  packets: readonly MediaPacket[],
  wanted: (packet: MediaPacket) => boolean,
  options: SharedChunksOptions,
): MediaForm {
  const isIn = packets.map(wanted);
  const some = packets.filter((_, index) => isIn[index]);
  const { bytes, offsets } = encodeSharedChunks(some.map(toSharedMessage), options);
  let next = 0;
  return {
    bytes,
    offsets: isIn.map((isThis) => {
      const offset = offsets[next] ?? bytes.length;
      if (isThis) next++;
      return offset;
    }),
  };
}
