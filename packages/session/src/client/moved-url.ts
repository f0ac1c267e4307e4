/**
 * Where a client goes when a server sends it elsewhere, and with whose password.
 *
 * Redirects (302) and Reconnect Requests alike.
 *
 * E-RTMP "Reconnect Request"
 */

import { parseRtmpUrl, resolveReconnectUrl, type RtmpUrl } from "@rtmp/message";

/**
 * Moves a URL to where a server sends its client; the stream name stays.
 *
 * User and password are for the server that they were given for: they are left out everywhere else.
 *
 * @param current  where the request or the redirect came from
 * @param tcUrl    as sent, maybe relative to the one of `current`; undefined: to the same place again
 * @param home     the URL that was configured, the first one of all
 * @throws MessageError `RTMP_ERR_RECONNECT_REFUSED` when it is no RTMP URL, or less protected than the current one;
 *   TypeError when the tcUrl of `current` is no RTMP URL
 * @see E-RTMP "Reconnect Request"
 */
export function movedUrl(current: RtmpUrl, tcUrl: string | undefined, home: RtmpUrl): RtmpUrl {
  const { streamName, tcUrl: currentTcUrl } = current;
  if (tcUrl === undefined) return current;
  const next = resolveReconnectUrl(currentTcUrl, tcUrl);
  // All of the path is the app: a tcUrl has no stream name.
  const [, app = ""] = /^[a-z]+:\/\/[^/]*\/?(.*)$/i.exec(next) ?? [];
  const moved = { ...parseRtmpUrl(next, { app }), streamName };
  const { user, password } = isSameServer(moved, home) ? home : noCredentials;
  return { ...moved, user, password };
}

const noCredentials = { user: undefined, password: undefined };

/** Whether two URLs have the same host, in any case of its letters, and the same port. */
export function isSameServer(a: RtmpUrl, b: RtmpUrl): boolean {
  return a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;
}
