/**
 * onMetaData that came before the publish it belongs to was granted: some encoders send it on message stream 0, or do not
 * wait for the answer.
 *
 * RTMP §7.1.2
 */

import { MessageTypeId } from "@rtmp/chunk";
import { isAmf3, splitSetDataFrame } from "@rtmp/message";
import type { MediaMessage } from "./inbox.ts";

/** A data message that is kept. */
export interface KeptData {
  readonly typeId: number;
  readonly timestamp: number;
  /** Its bytes never change. */
  readonly payload: Uint8Array;
}

/** Keeps the last metadata that had no stream to go to; one message for each connection. */
export class EarlyMetadata {
  readonly #maxBytes: number;
  #kept: KeptData | undefined;

  /** @param maxBytes  of a payload; a longer one is dropped */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether something is kept. */
  get any(): boolean {
    return this.#kept !== undefined;
  }

  /** Keeps a message if it is metadata; says whether it did. */
  keep(message: MediaMessage): boolean {
    const { typeId, timestamp } = message;
    if (typeId !== MessageTypeId.DataAmf0 && typeId !== MessageTypeId.DataAmf3) return false;

    const payload = message.take();
    const { command, handler } = splitSetDataFrame(payload, { amf3: isAmf3(typeId) });
    if (handler !== "onMetaData" || payload.length > this.#maxBytes) return false;
    this.#kept = command === "clear" ? undefined : { typeId, timestamp, payload };
    return true;
  }

  /** Returns what was kept, and forgets it. */
  take(): KeptData | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept;
  }
}
