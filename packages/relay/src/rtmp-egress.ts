/**
 * From the hub to a playing RTMP stream: the batch's shared chunks, one write per batch.
 *
 * RTMP §5.3.1, §7.2.2.1
 */

import { encodeSharedChunks, MessageTypeId, type SharedChunks } from "@rtmp/chunk";
import type { MediaKind, MediaPacket } from "@rtmp/flv";
import type { HubError, MediaBatch, Subscriber } from "@rtmp/hub";
import { StatusCode, UserControlEvent } from "@rtmp/message";
import type { Driver, ServerStream } from "@rtmp/session";

const typeIds: Readonly<Record<MediaKind, number>> = {
  audio: MessageTypeId.Audio,
  video: MessageTypeId.Video,
  data: MessageTypeId.DataAmf0,
};

/** Construction of an {@link RtmpEgress}. */
export interface RtmpEgressOptions {
  readonly stream: ServerStream;
  readonly driver: Driver;
  /** The stream's name, for the texts of its statuses. */
  readonly streamPath: string;
  /** The hub gave the player up: it is too slow. */
  readonly onEvict: (cause: HubError) => void;
}

/** One playing stream's place at the hub. */
export class RtmpEgress implements Subscriber {
  readonly #stream: ServerStream;
  readonly #driver: Driver;
  readonly #streamPath: string;
  readonly #onEvict: (cause: HubError) => void;
  readonly #key: string;
  readonly #build: (packets: readonly MediaPacket[]) => SharedChunks;
  readonly #send: (bytes: Uint8Array) => void;

  constructor({ stream, driver, streamPath, onEvict }: RtmpEgressOptions) {
    this.#stream = stream;
    this.#driver = driver;
    this.#streamPath = streamPath;
    this.#onEvict = onEvict;

    const options = { chunkSize: stream.chunkSize, messageStreamId: stream.id };
    this.#key = `rtmp/${options.chunkSize}/${options.messageStreamId}`;
    this.#build = (packets) => encodeSharedChunks(packets.map(toSharedMessage), options);
    this.#send = (bytes) => stream.sendShared(bytes);
  }

  get queuedBytes(): number {
    return this.#driver.queuedBytes;
  }

  onBatch(batch: MediaBatch, from: number): void {
    try {
      const form = batch.form(this.#key, this.#build);
      const bytes = from === 0 ? form.bytes : form.bytes.subarray(form.offsets[from]);
      this.#driver.writeShared(bytes, this.#send);
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
    this.#onEvict(cause);
  }
}

function toSharedMessage({ kind, timestamp, body }: MediaPacket): {
  typeId: number;
  timestamp: number;
  payload: Uint8Array;
} {
  return { typeId: typeIds[kind], timestamp, payload: body };
}
