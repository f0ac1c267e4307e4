import type { MediaPacket } from "@rtmp/flv";

/** A batch as bytes for the wire. */
export interface MediaForm {
  /** All messages of the batch; never change. */
  readonly bytes: Uint8Array;
  /** Where each packet's message begins in `bytes`, so that a join or a resume starts by a subarray. */
  readonly offsets: readonly number[];
}

/**
 * What one turn of the event loop brought for a stream, and the wire forms built from it.
 *
 * A batch is shared by all subscribers of a stream and never changes. Each form is built at most once, on first use,
 * and the same result goes to every subscriber that asks with the same key: encode once, write to many.
 */
export class MediaBatch {
  /** The packets, in order of arrival; at least one. */
  readonly packets: readonly MediaPacket[];
  /** Bytes of all bodies. */
  readonly bytes: number;
  readonly #forms = new Map<string, MediaForm>();

  constructor(packets: readonly MediaPacket[]) {
    this.packets = packets;
    let bytes = 0;
    for (const packet of packets) bytes += packet.body.length;
    this.bytes = bytes;
  }

  /**
   * Returns the form with this key, built on first use.
   *
   * @param key    everything that the bytes depend on besides the packets; one key always belongs to one builder
   * @param build  makes the form
   */
  form(key: string, build: (packets: readonly MediaPacket[]) => MediaForm): MediaForm {
    const known = this.#forms.get(key);
    if (known !== undefined) return known;

    const form = build(this.packets);
    this.#forms.set(key, form);
    return form;
  }
}
