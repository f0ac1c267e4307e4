/**
 * From a publishing RTMP stream into the hub.
 *
 * Bodies pass unchanged, but for data messages: `@setDataFrame` is an order to the server, and players get what stands
 * behind it; the format byte of an AMF3 data message is dropped, so that all data is AMF0 (type 18) from here on.
 *
 * RTMP §7.1.2 to §7.1.5
 */

import { MessageTypeId } from "@rtmp/chunk";
import { dataPacket, readMediaPacket } from "@rtmp/flv";
import type { Publication, PublicationEnd } from "@rtmp/hub";
import { MessageError, splitSetDataFrame } from "@rtmp/message";
import { type PublishedTrack, TrackWatch } from "./track-watch.ts";

/** One publishing stream's way into the hub. */
export class RtmpIngest {
  readonly #publication: Publication;
  readonly #tracks: TrackWatch | undefined;

  /** @param onTrack  is told each track of the stream; without it nobody reads codec configurations */
  constructor(publication: Publication, onTrack?: (track: PublishedTrack) => void) {
    this.#publication = publication;
    this.#tracks = onTrack && new TrackWatch(onTrack);
  }

  /**
   * Takes in a media or data message.
   *
   * @param payload  kept for good; its bytes must not change any more
   * @throws FlvError when its header cannot be read, MessageError when data has no name: it was dropped
   * @throws HubError when it configures too much, FlvError when its codec configuration cannot be read: it was sent on
   */
  write(typeId: number, timestamp: number, payload: Uint8Array): void {
    if (typeId === MessageTypeId.Audio || typeId === MessageTypeId.Video) {
      const kind = typeId === MessageTypeId.Audio ? "audio" : "video";
      const packet = readMediaPacket(kind, timestamp, payload);
      this.#publication.write(packet);
      this.#tracks?.look(packet);
    } else {
      this.#writeData(timestamp, payload, typeId === MessageTypeId.DataAmf3);
    }
  }

  /** Sends on what was taken in; called at the end of each turn. */
  flush(): void {
    this.#publication.flush();
  }

  /** The stream ended. */
  end(end: PublicationEnd): void {
    this.#publication.end(end);
  }

  #writeData(timestamp: number, payload: Uint8Array, amf3: boolean): void {
    const { command, handler, body } = splitSetDataFrame(payload, { amf3 });
    // ffmpeg as a player ends at a data message that does not begin with a string.
    if (handler === undefined) {
      throw new MessageError("RTMP_ERR_BAD_DATA", "data message without a name");
    }
    const isMetadata = handler === "onMetaData";
    if (command === "clear") {
      if (isMetadata) this.#publication.clearMetadata();
      return;
    }
    this.#publication.write(dataPacket(timestamp, body, isMetadata ? "metadata" : "coded-frames"));
  }
}
