/**
 * What the server says of Enhanced RTMP in its answer to connect.
 *
 * E-RTMP "Enhancing NetConnection connect Command"
 */

import type { Capabilities, ConnectRequest } from "@rtmp/message";

// A server that passes everything on: bit 4 of a FourCC is CanForward; the bits of capsEx are Reconnect, Multitrack,
// ModEx and TimestampNanoOffset.
const forwarding = {
  fourCcList: ["*"],
  videoFourCcInfoMap: { "*": 4 },
  audioFourCcInfoMap: { "*": 4 },
  capsEx: 1 | 2 | 4 | 8,
} as const satisfies Partial<Capabilities>;

/** Returns what to announce to a client: nothing to one that announces nothing, whose answer stays what it knows. */
export function capabilitiesFor({ capabilities: said }: ConnectRequest): Partial<Capabilities> {
  const isEnhanced =
    said.capsEx !== 0 ||
    said.fourCcList.length > 0 ||
    Object.keys(said.videoFourCcInfoMap).length > 0 ||
    Object.keys(said.audioFourCcInfoMap).length > 0;
  return isEnhanced ? forwarding : {};
}
