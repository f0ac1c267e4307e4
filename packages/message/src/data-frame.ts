/**
 * The data messages that describe a stream.
 *
 *   publisher → server   @setDataFrame | onMetaData | metadata
 *   server → player      onMetaData | metadata
 *
 * RTMP §7.1.2; FLV E.5
 */

import type { AmfValue } from "@rtmp/amf";
import type { DataMessage } from "./data.ts";

/**
 * Builds onMetaData, as players get it.
 *
 * @param metadata  an `EcmaArray` is what most publishers send, an object what nginx-rtmp sends
 * @see FLV E.5
 */
export function onMetaData(metadata: AmfValue): DataMessage {
  return { handler: "onMetaData", args: [metadata] };
}

/** Builds `@setDataFrame`: what publishers send so that the server keeps `handler` and `value` for players. */
export function setDataFrame(handler: string, value: AmfValue): DataMessage {
  return { handler: "@setDataFrame", args: [handler, value] };
}

/** Builds `@clearDataFrame`: takes back what {@link setDataFrame} set under the same name. */
export function clearDataFrame(handler: string): DataMessage {
  return { handler: "@clearDataFrame", args: [handler] };
}
