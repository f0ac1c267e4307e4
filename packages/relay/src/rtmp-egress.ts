/**
 * From the hub to a playing RTMP stream: the batch's shared chunks, one write per batch.
 *
 * RTMP §5.3.1, §7.2.2.1
 */

import {
  encodeSharedChunks,
  MessageTypeId,
  type SharedChunks,
  type SharedChunksOptions,
} from "@rtmp/chunk";
import type { MediaKind, MediaPacket } from "@rtmp/flv";
import type { HubError, MediaBatch, Subscriber } from "@rtmp/hub";
import { StatusCode, UserControlEvent } from "@rtmp/message";
import type { Driver, ServerStream } from "@rtmp/session";

const typeIds: Readonly<Record<MediaKind, number>> = {
  audio: MessageTypeId.Audio,
  video: MessageTypeId.Video,
  data: MessageTypeId.DataAmf0,
};

const noChunks: SharedChunks = { bytes: new Uint8Array(0), offsets: [] };

/** Construction of an {@link RtmpEgress}. */
export interface RtmpEgressOptions {
  readonly stream: ServerStream;
  readonly driver: Driver;
  /** The stream's name, for the texts of its statuses. */
  readonly streamPath: string;
  /** The hub gave the player up: it is too slow. */
  readonly onEvict: (cause: HubError) => void;
  /** The publisher has gone for good; says whether that was the end of the play. */
  readonly onUnpublish: () => boolean;
  /** Is asked how many of a batch's packets, from the first on, still belong to the play. */
  readonly limit: (batch: MediaBatch, from: number) => number;
  /** The last packet that belongs to the play was sent. */
  readonly onLimit: () => void;
}

/** One playing stream's place at the hub. */
export class RtmpEgress implements Subscriber {
  readonly #stream: ServerStream;
  readonly #driver: Driver;
  readonly #streamPath: string;
  #key = "";
  #build: (packets: readonly MediaPacket[]) => SharedChunks = () => noChunks;
  readonly #options: RtmpEgressOptions;
  readonly #send: (bytes: Uint8Array) => void;

  constructor(options: RtmpEgressOptions) {
    const { stream, driver, streamPath } = options;
    this.#stream = stream;
    this.#driver = driver;
    this.#streamPath = streamPath;
    this.#options = options;
    this.#send = (bytes) => stream.sendShared(bytes);
    this.selectKinds();
  }

  /** Sends from now on what the client wants to receive: audio, video, both or neither. */
  selectKinds(): void {
    const { chunkSize, id: messageStreamId, receivesAudio, receivesVideo } = this.#stream;
    const options = { chunkSize, messageStreamId };
    const wanted = (kind: MediaKind): boolean =>
      kind === "audio" ? receivesAudio : kind === "data" || receivesVideo;
    const kinds = `${receivesAudio ? "a" : ""}${receivesVideo ? "v" : ""}`;
    this.#key = `rtmp/${chunkSize}/${messageStreamId}/${kinds}`;
    this.#build =
      receivesAudio && receivesVideo
        ? (packets) => encodeSharedChunks(packets.map(toSharedMessage), options)
        : (packets) => encodeSome(packets, wanted, options);
  }

  get queuedBytes(): number {
    return this.#driver.queuedBytes;
  }

  onBatch(batch: MediaBatch, from: number): void {
    try {
      const end = this.#options.limit(batch, from);
      const form = batch.form(this.#key, this.#build);
      const isWhole = from === 0 && end === batch.packets.length;
      const bytes = isWhole
        ? form.bytes
        : form.bytes.subarray(form.offsets[from], form.offsets[end]);
      if (bytes.length > 0) this.#driver.writeShared(bytes, this.#send);
      if (end < batch.packets.length) this.#options.onLimit();
    } catch (error) {
      // This is the publisher's turn, but the player's connection is the one that failed.
      this.#driver.batch(() => {
        throw error;
      });
    }
  }

  onPublish(): void {
    this.#stream.sendEvent(UserControlEvent.StreamBegin);
    this.#stream.sendStatus(StatusCode.PlayPublishNotify, {
      description: `${this.#streamPath} is now published.`,
      details: this.#streamPath,
    });
  }

  onUnpublish(): void {
    if (this.#options.onUnpublish()) return;
    this.#stream.sendEvent(UserControlEvent.StreamEof);
    this.#stream.sendStatus(StatusCode.PlayUnpublishNotify, {
      description: `${this.#streamPath} is now unpublished.`,
      details: this.#streamPath,
    });
  }

  onEvict(cause: HubError): void {
    this.#stream.sendStatus(StatusCode.PlayInsufficientBW, {
      description: "The connection is too slow for this stream.",
      details: this.#streamPath,
    });
    this.#options.onEvict(cause);
  }
}

function toSharedMessage({ kind, timestamp, body }: MediaPacket): {
  typeId: number;
  timestamp: number;
  payload: Uint8Array;
} {
  return { typeId: typeIds[kind], timestamp, payload: body };
}

/** Leaves kinds of media out; every packet has its place in `offsets` all the same: that of the next one that is in. */
function encodeSome(
  packets: readonly MediaPacket[],
  wanted: (kind: MediaKind) => boolean,
  options: SharedChunksOptions,
): SharedChunks {
  const some = packets.filter(({ kind }) => wanted(kind));
  const { bytes, offsets } = encodeSharedChunks(some.map(toSharedMessage), options);
  let next = 0;
  return {
    bytes,
    offsets: packets.map(({ kind }) => {
      const offset = offsets[next] ?? bytes.length;
      if (wanted(kind)) next++;
      return offset;
    }),
  };
}
