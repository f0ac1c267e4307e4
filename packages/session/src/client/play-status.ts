/**
 * onPlayStatus, which comes as data, in order with the media: how far a playlist or a change of streams is.
 *
 *   "onPlayStatus" | { level, code, ... }
 */

import {
  decodeData,
  MessageError,
  readStatus,
  splitSetDataFrame,
  type Status,
} from "@rtmp/message";

/** Reads the status in a data message; undefined where there is none, or none that can be read. */
export function readPlayStatus(payload: Uint8Array, amf3: boolean): Status | undefined {
  if (splitSetDataFrame(payload, { amf3 }).handler !== "onPlayStatus") return undefined;
  try {
    const { handler, args } = decodeData(payload, { amf3 });
    const status = readStatus({ name: handler, transactionId: 0, commandObject: null, args });
    return status.code === "" ? undefined : status;
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    return undefined;
  }
}
