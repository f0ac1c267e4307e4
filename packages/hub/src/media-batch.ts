import type { MediaPacket } from "@rtmp/flv";

// A player chooses its message stream id, which is part of its key; what it may make the cache keep has a bound.
const maxForms = 8;

/** A batch as bytes for the wire. */
export interface MediaForm {
  /** All messages of the batch; never change. */
  readonly bytes: Uint8Array;
  /** Where each packet's message begins in `bytes`, so that a join or a resume starts by a subarray. */
  readonly offsets: readonly number[];
}

/**
 * What a stream's subscribers are sent at once, be it what one turn brought or a cached GOP, and the wire forms built from it.
 *
 * A batch is shared by all subscribers of a stream and never changes. A form is built on first use, and the same result
 * goes to every subscriber that asks with the same key: encode once, write to many.
 */
export class MediaBatch {
  /** The packets, in order of arrival; at least one. */
  readonly packets: readonly MediaPacket[];
  /** Bytes of all bodies. */
  readonly bytes: number;
  /**
   * Tells the publications of a stream apart: what follows in another one does not follow in time, for they continue each
   * other's timestamps by the clock.
   *
   * Undefined when the batch holds nothing but configurations that a late subscriber is sent.
   */
  readonly publication: number | undefined;
  // The one that was asked for last: mostly all subscribers ask for the same, and it is the only one.
  #lastKey: string | undefined;
  #lastForm: MediaForm | undefined;
  // All that are kept, once there are two; in order of use once there are as many as are kept.
  #forms: Map<string, MediaForm> | undefined;

  constructor(packets: readonly MediaPacket[], publication?: number) {
    this.packets = packets;
    this.publication = publication;
    let bytes = 0;
    for (const packet of packets) bytes += packet.body.length;
    this.bytes = bytes;
  }

  /**
   * Returns the form with this key, built on first use.
   *
   * The eight forms that were used last are kept; one that was given up is built again when it is asked for.
   *
   * @param key    everything that the bytes depend on besides the packets; one key always belongs to one builder
   * @param build  makes the form
   */
  form(key: string, build: (packets: readonly MediaPacket[]) => MediaForm): MediaForm {
    if (this.#lastForm !== undefined && key === this.#lastKey) return this.#lastForm;

    const form = this.#find(key, build);
    this.#lastKey = key;
    this.#lastForm = form;
    return form;
  }

  #find(key: string, build: (packets: readonly MediaPacket[]) => MediaForm): MediaForm {
    if (this.#lastKey === undefined || this.#lastForm === undefined) return build(this.packets);

    const forms = (this.#forms ??= new Map([[this.#lastKey, this.#lastForm]]));
    const known = forms.get(key);
    if (known !== undefined && forms.size < maxForms) return known;

    const form = known ?? build(this.packets);
    forms.delete(key);
    if (forms.size >= maxForms) forgetOldest(forms);
    forms.set(key, form);
    return form;
  }
}

function forgetOldest(forms: Map<string, MediaForm>): void {
  for (const oldest of forms.keys()) {
    forms.delete(oldest);
    return;
  }
}
