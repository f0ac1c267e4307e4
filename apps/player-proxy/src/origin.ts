import { parseRtmpUrl, type RtmpUrl, type StreamPath } from "@rtmp/message";

/** A server that streams are fetched from. */
export interface Origin {
  /** Scheme, host and port as typed, without user and password; for logs. */
  readonly name: string;
  /** Returns where a stream is there. */
  urlOf(path: StreamPath): string;
}

/**
 * Reads an origin of the command line: `rtmp://[user:password@]host[:port][/app]`, or the same with another scheme of
 * RTMP.
 *
 * Without an app it is the player's; the stream name is always the player's.
 *
 * @throws RangeError when it is none
 */
export function parseOrigin(text: string): Origin {
  const url = parsedUrl(text);
  if (url === undefined || url.streamName !== "") {
    throw new RangeError(
      "Expected rtmp://host[:port][/app], or rtmps, rtmpt, rtmpts, rtmpe or rtmpte instead of rtmp.",
    );
  }
  const base = text.replace(/\/+$/, "");
  return {
    name: url.tcUrl.replace(/\/+$/, ""),
    urlOf: ({ streamPath, name }) => `${base}/${url.app === "" ? streamPath : name}`,
  };
}

function parsedUrl(text: string): RtmpUrl | undefined {
  try {
    return parseRtmpUrl(text);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
