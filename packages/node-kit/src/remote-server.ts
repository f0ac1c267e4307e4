import { parseRtmpUrl, resolveStreamPath, type RtmpUrl } from "@rtmp/message";
import { RtmpError } from "@rtmp/wire";

/** What the log knows of another server. */
export interface RemoteName {
  /** Scheme, host, port and app as typed, without user, password and parameters. */
  readonly name: string;
  /** What must not be seen although that server may repeat it, the longest first. @default nothing */
  readonly secrets?: readonly string[];
}

/** Another server that streams are fetched from, or published at. */
export interface RemoteServer extends RemoteName {
  /** Returns where a stream is there. */
  readonly urlOf: (streamPath: string) => string;
}

/** One stream of ours at another server. */
export interface RemoteStream extends RemoteName {
  /** Its name here, `app/name`. */
  readonly streamPath: string;
  /** Where it is there. */
  readonly url: string;
}

const otherSchemes = "or rtmps, rtmpt, rtmpts, rtmpe or rtmpte instead of rtmp";

/**
 * Reads a server of the command line: `rtmp://[user:password@]host[:port][/app]`, or the same with another scheme of
 * RTMP.
 *
 * Without an app it is that of the stream here, the first part of its path; the rest of the path is its name there.
 *
 * @throws RangeError when it is none
 */
export function parseRemoteServer(text: string): RemoteServer {
  const url = parsedUrl(text);
  if (url === undefined || url.streamName !== "" || url.app.startsWith("?")) {
    throw new RangeError(`Expected rtmp://host[:port][/app], ${otherSchemes}.`);
  }
  const base = text.replace(/\/+$/, "");
  return { name: nameOf(url), urlOf: (path) => `${base}/${placeOf(path, url.app === "")}` };
}

/**
 * Reads a stream of the command line and where it is at another server:
 * `app/name=rtmp://[user:password@]host[:port]/app/name`, or the same with another scheme of RTMP.
 *
 * @throws RangeError when it is none
 */
export function parseRemoteStream(text: string): RemoteStream {
  const equals = text.indexOf("=");
  const streamPath = parsedPath(text.slice(0, Math.max(0, equals)));
  const url = parsedUrl(text.slice(equals + 1));
  if (streamPath === undefined || url === undefined || url.streamName === "") {
    throw new RangeError(`Expected app/name=rtmp://host[:port]/app/name, ${otherSchemes}.`);
  }
  return {
    streamPath,
    url: text.slice(equals + 1),
    name: nameOf(url),
    secrets: formsOf(url.streamName),
  };
}

function nameOf({ tcUrl }: RtmpUrl): string {
  return tcUrl.replace(/\?.*$/s, "").replace(/\/+$/, "");
}

/** What may be a stream key, as it was typed and as a server may understand it. */
function formsOf(streamName: string): string[] {
  const asked = streamName.replace(/\?.*$/s, "");
  return [streamName, asked, parsedPath(streamName) ?? ""].filter((form) => form !== "");
}

/** App, where it is wanted, and name of a stream as a part of a URL. */
function placeOf(streamPath: string, withApp: boolean): string {
  // What would begin a query or an escape is a part of the name here.
  const path = streamPath.replace(/[%?]/g, encodeURIComponent);
  const slash = path.indexOf("/");
  if (!withApp) return path.slice(slash + 1);
  return slash === -1 ? `/${path}` : path;
}

function parsedUrl(text: string): RtmpUrl | undefined {
  try {
    return parseRtmpUrl(text);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function parsedPath(text: string): string | undefined {
  try {
    return resolveStreamPath({ app: "", tcUrl: "", streamName: text }).streamPath;
  } catch (error) {
    if (error instanceof RtmpError) return undefined;
    throw error;
  }
}
