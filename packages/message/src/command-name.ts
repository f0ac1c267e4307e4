/**
 * The spelling of command names.
 *
 * Some encoders write `pauseraw` or `fcpublish`; servers that fold the case of names made that work.
 *
 * RTMP §7.2
 */

const names = [
  "connect",
  "close",
  "createStream",
  "releaseStream",
  "deleteStream",
  "closeStream",
  "FCPublish",
  "FCUnpublish",
  "FCSubscribe",
  "FCUnsubscribe",
  "getStreamLength",
  "publish",
  "play",
  "play2",
  "seek",
  "pause",
  "pauseRaw",
  "receiveAudio",
  "receiveVideo",
  "checkBandwidth",
  "_checkbw",
  "_onbwcheck",
  "_onbwdone",
  "_result",
  "_error",
  "onStatus",
  "onBWDone",
  "onFCPublish",
  "onFCUnpublish",
  "onFCSubscribe",
  "onFCUnsubscribe",
];

const usualNames: ReadonlyMap<string, string> = new Map(
  names.map((name) => [name.toLowerCase(), name]),
);

/** Returns a known name in its usual spelling, any other as it is. */
export function usualCommandName(name: string): string {
  return usualNames.get(name.toLowerCase()) ?? name;
}
