/**
 * What the server says of Enhanced RTMP in its answer to connect.
 *
 * E-RTMP "Enhancing NetConnection connect Command"
 */

import {
  type Capabilities,
  CapsExMask,
  type ConnectRequest,
  FourCcInfoMask,
  VideoFunctionMask,
} from "@rtmp/message";

// A server that passes everything on.
const forwarding = {
  fourCcList: ["*"],
  videoFourCcInfoMap: { "*": FourCcInfoMask.CanForward },
  audioFourCcInfoMap: { "*": FourCcInfoMask.CanForward },
  capsEx:
    CapsExMask.Reconnect |
    CapsExMask.Multitrack |
    CapsExMask.ModEx |
    CapsExMask.TimestampNanoOffset,
} as const satisfies Partial<Capabilities>;

/** Returns what to announce to a client: nothing to one that announces nothing, whose answer stays what it knows. */
export function capabilitiesFor({ capabilities: said }: ConnectRequest): Partial<Capabilities> {
  const isEnhanced =
    said.capsEx !== 0 ||
    // Flash Player, which knows nothing of Enhanced RTMP, has the bit of seeking.
    (said.videoFunction & ~VideoFunctionMask.ClientSeek) !== 0 ||
    said.fourCcList.length > 0 ||
    Object.keys(said.videoFourCcInfoMap).length > 0 ||
    Object.keys(said.audioFourCcInfoMap).length > 0;
  return isEnhanced ? forwarding : {};
}
