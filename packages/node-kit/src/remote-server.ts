import { parseRtmpUrl, resolveStreamPath, type RtmpUrl, type StreamPath } from "@rtmp/message";
import { RtmpError } from "@rtmp/wire";

/** Another server that streams are fetched from, or published at. */
export interface RemoteServer {
  /** Scheme, host, port and app as typed, without user and password; for logs. */
  readonly name: string;
  /** Returns where a stream is there. */
  readonly urlOf: (path: StreamPath) => string;
}

/** One stream of ours at another server. */
export interface RemoteStream {
  /** Its name here. */
  readonly path: StreamPath;
  /** Scheme, host, port and app as typed, without user, password and the name, which may be a secret; for logs. */
  readonly name: string;
  /** Where it is there. */
  readonly url: string;
}

const otherSchemes = "or rtmps, rtmpt, rtmpts, rtmpe or rtmpte instead of rtmp";

/**
 * Reads a server of the command line: `rtmp://[user:password@]host[:port][/app]`, or the same with another scheme of
 * RTMP.
 *
 * Without an app it is that of the stream here; the stream name is always the one here.
 *
 * @throws RangeError when it is none
 */
export function parseRemoteServer(text: string): RemoteServer {
  const url = parsedUrl(text);
  if (url === undefined || url.streamName !== "") {
    throw new RangeError(`Expected rtmp://host[:port][/app], ${otherSchemes}.`);
  }
  const base = text.replace(/\/+$/, "");
  return {
    name: nameOf(url),
    urlOf: ({ streamPath, name }) => `${base}/${escaped(url.app === "" ? streamPath : name)}`,
  };
}

/**
 * Reads a stream of the command line and where it is at another server:
 * `app/name=rtmp://[user:password@]host[:port]/app/name`, or the same with another scheme of RTMP.
 *
 * @throws RangeError when it is none
 */
export function parseRemoteStream(text: string): RemoteStream {
  const equals = text.indexOf("=");
  const path = parsedPath(text.slice(0, Math.max(0, equals)));
  const url = parsedUrl(text.slice(equals + 1));
  if (path === undefined || url === undefined || url.streamName === "") {
    throw new RangeError(`Expected app/name=rtmp://host[:port]/app/name, ${otherSchemes}.`);
  }
  return { path, name: nameOf(url), url: text.slice(equals + 1) };
}

function nameOf({ tcUrl }: RtmpUrl): string {
  return tcUrl.replace(/\/+$/, "");
}

/** What would begin a query or an escape is a part of the name here. */
function escaped(path: string): string {
  return path.replace(/[%?]/g, encodeURIComponent);
}

function parsedUrl(text: string): RtmpUrl | undefined {
  try {
    return parseRtmpUrl(text);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function parsedPath(text: string): StreamPath | undefined {
  try {
    return resolveStreamPath({ app: "", tcUrl: "", streamName: text });
  } catch (error) {
    if (error instanceof RtmpError) return undefined;
    throw error;
  }
}
